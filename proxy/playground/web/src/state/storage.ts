import { at } from '../api/base'

/** What this browser keeps for this midgate; another one on the same host, below another path, has its own. */
const prefix = () => `midgate:${at('')}:`

/** recall reads a text that was kept; null where the browser keeps nothing. */
export function recall(name: string): string | null {
  try {
    return localStorage.getItem(prefix() + name)
  } catch {
    return null
  }
}

/** keep stores a text, or forgets it. */
export function keep(name: string, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(prefix() + name)
    else localStorage.setItem(prefix() + name, text)
  } catch {
    // a browser that keeps nothing: the page works, and asks again the next time
  }
}
