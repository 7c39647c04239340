import { tr } from '../words'

/** dayOf numbers the days, as the visitor's clock had them at that time. */
export function dayOf(seconds: number): number {
  return Math.floor((seconds - new Date(seconds * 1000).getTimezoneOffset() * 60) / 86400)
}

/** endOf is when a day, written like 2026-01-31, has ended on the visitor's clock. */
export function endOf(day: string): number {
  const [year, month, date] = day.split('-').map(Number)
  return new Date(year!, month! - 1, date! + 1).getTime() / 1000
}

/** dayName is how a person says it. */
export function dayName(seconds: number): string {
  const ago = dayOf(Date.now() / 1000) - dayOf(seconds)
  if (ago === 0) return tr('Today')
  if (ago === 1) return tr('Yesterday')
  return new Date(seconds * 1000).toLocaleDateString(document.documentElement.lang || [], { weekday: 'long', day: 'numeric', month: 'long', year: ago > 300 ? 'numeric' : undefined })
}
