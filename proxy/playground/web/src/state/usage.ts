import { effect, signal } from '@preact/signals'
import { get } from '../api/http'
import type { Usage } from '../api/types'
import { open } from './runs'

export type Span = 'day' | 'month' | 'total'

/** What the visitor's key may spend and has spent; null until it was read. */
export const usage = signal<Usage | null>(null)

/** The time that the lines of what was spent are added up over. */
export const span = signal<Span>('month')

/** Every key's usage, for an admin; null for everybody else. */
export const everyone = signal<Usage[] | null>(null)

let asked = 0
let again = 0

/** loadUsage reads the usage anew; of several answers the one that was asked for last counts. While jobs are under way
 * it is read again now and then. */
export async function loadUsage(): Promise<void> {
  const mine = ++asked
  const read = await get<Usage>(`v1/usage?window=${span.value}`)
  if (mine !== asked) return
  usage.value = read
  clearTimeout(again)
  if (read.in_flight > 0) again = setTimeout(refresh, 5000)
}

/** refresh reads it where nobody waits for it: the view says what is wrong. */
function refresh(): void {
  if (document.hidden) again = setTimeout(refresh, 5000)
  else void loadUsage().catch(() => undefined)
}

/** loadEveryone reads what all keys have spent, for an admin. */
export async function loadEveryone(): Promise<void> {
  if (!usage.value?.admin) return
  const all = await get<{ data: Usage[] }>('v1/usage?key=all').catch(() => null)
  if (all) everyone.value = all.data
}

/** watchUsage reads it when the page opens, and whenever a job begins or ends. */
export function watchUsage(): void {
  let before = -1
  effect(() => {
    const running = open.value.length
    if (running === before) return
    before = running
    refresh()
  })
}
