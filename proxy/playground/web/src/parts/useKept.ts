import { useState } from 'preact/hooks'
import { keep, recall } from '../state/storage'

const most = 40

/** useKept is a text that somebody types, which is there again after a reload or when its place is opened again. */
export function useKept(place: string): [string, (text: string) => void] {
  const [text, set] = useState(() => all()[place] ?? '')
  return [text, (next) => (set(next), write(place, next))]
}

function write(place: string, text: string): void {
  const others = Object.entries(all()).filter(([p]) => p !== place)
  keep('typed', JSON.stringify(Object.fromEntries([...others, ...(text ? [[place, text]] : [])].slice(-most))))
}

function all(): Record<string, string> {
  try {
    return JSON.parse(recall('typed') ?? '{}')
  } catch {
    return {}
  }
}
