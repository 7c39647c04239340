import { signal } from '@preact/signals'

/** What is shown full screen: some pictures, and which of them. */
export const full = signal<{ ids: string[]; at: number } | null>(null)

/** showFull shows a picture full screen, among others that the arrows lead to. */
export function showFull(ids: string[], id: string): void {
  full.value = { ids, at: Math.max(0, ids.indexOf(id)) }
}

/** turn goes to another one of them. */
export function turn(by: number): void {
  const f = full.value
  if (f && f.ids[f.at + by]) full.value = { ...f, at: f.at + by }
}
