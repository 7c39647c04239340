import type { Usage, UsageWindow } from '../api/types'
import { tr } from '../words'
import { dollars } from './money'

/** One limit of a window: of jobs, or of dollars. */
export interface Limit {
  window: UsageWindow
  unit: 'jobs' | 'usd'
  limit: number
  spent: number
  held: number
  left: number
}

/** limitsOf are the limits of a window; there may be none. */
export function limitsOf(w: UsageWindow): Limit[] {
  return (['jobs', 'usd'] as const)
    .filter((unit) => w.limit[unit] !== null)
    .map((unit) => ({ window: w, unit, limit: w.limit[unit]!, spent: w.spent[unit] ?? 0, held: w.held[unit] ?? 0, left: w.remaining[unit] ?? 0 }))
}

/** amount is a number of jobs or dollars in words. */
export function amount(unit: 'jobs' | 'usd', n: number): string {
  if (unit === 'usd') return dollars(n)
  return n === 1 ? tr('1 job') : tr('{n} jobs', { n })
}

/** leftOf says what is left of the limit that comes first to its end; null where there is no budget. */
export function leftOf(u: Usage | null): { text: string; low: boolean } | null {
  const share = (l: Limit) => (l.limit > 0 ? l.left / l.limit : 0)
  const [least] = (u?.windows ?? []).flatMap(limitsOf).sort((a, b) => share(a) - share(b))
  if (!least) return null
  const left = least.unit === 'usd' ? dollars(least.left) : String(least.left)
  return { text: inWords(least.window.window, left, amount(least.unit, least.limit)), low: share(least) <= 0.2 }
}

function inWords(window: UsageWindow['window'], left: string, limit: string): string {
  if (window === 'day') return tr('{left} of {limit} left today', { left, limit })
  if (window === 'month') return tr('{left} of {limit} left this month', { left, limit })
  return tr('{left} of {limit} left in all', { left, limit })
}
