import { computed, signal } from '@preact/signals'
import type { Picture } from '../api/types'
import { known } from './pictures'

/** The pictures that are selected. */
export const selected = signal<ReadonlySet<string>>(new Set())

/** Their records. */
export const picked = computed<Picture[]>(() => [...selected.value].flatMap((id) => known.value.get(id) ?? []))

let last: string[] = []

/** toggle selects pictures, or takes them out. With a range, those between the last ones and these are selected too. */
export function toggle(ids: string[], range: boolean, order: string[] = []): void {
  const next = new Set(selected.value)
  const [a, b] = [order.indexOf(last[0] ?? ''), order.indexOf(ids[0] ?? '')]
  if (range && a >= 0 && b >= 0) {
    for (const id of [...order.slice(Math.min(a, b), Math.max(a, b)), ...ids, ...last]) next.add(id)
  } else if (ids.every((id) => next.has(id))) {
    for (const id of ids) next.delete(id)
  } else {
    for (const id of ids) next.add(id)
  }
  last = ids
  selected.value = next
}

/** clearSelection selects nothing. */
export function clearSelection(): void {
  selected.value = new Set()
}
