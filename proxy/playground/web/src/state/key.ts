import { signal } from '@preact/signals'
import { keep, recall } from './storage'

/** The visitor's key, empty where none was needed so far. It is kept in this browser and sent to midgate only. */
export const key = signal('')

/** What is being asked while the page needs a key; null while it does not. */
export const asking = signal<{ why: string; changing?: boolean } | null>(null)

let waiting: ((given: boolean) => void)[] = []

/** restoreKey takes over the key of the last visit. */
export function restoreKey(): void {
  key.value = recall('key') ?? ''
}

/** askForKey opens the question, once for however many requests were refused with the key used. It answers whether
 * there is another key to try. */
export function askForKey(used: string, why: string): Promise<boolean> {
  if (key.value !== used) return Promise.resolve(true)
  asking.value = { why: used ? why : '' }
  return new Promise((resolve) => waiting.push(resolve))
}

/** giveKey ends the question with a key; an empty one means that none is given. */
export function giveKey(given: string): void {
  const changed = asking.value?.changing && key.value !== given
  key.value = given
  keep('key', given || null)
  if (changed) location.reload() // what is shown belongs to the other key
  answer(given !== '')
}

/** declineKey ends the question without changing the key. */
export function declineKey(): void {
  answer(false)
}

function answer(given: boolean): void {
  asking.value = null
  for (const resolve of waiting) resolve(given)
  waiting = []
}
