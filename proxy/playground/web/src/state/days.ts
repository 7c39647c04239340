import { tr } from '../words'

const zone = new Date().getTimezoneOffset() * 60

/** dayOf numbers the days, as the visitor's clock has them. */
export function dayOf(seconds: number): number {
  return Math.floor((seconds - zone) / 86400)
}

/** dayName is how a person says it. */
export function dayName(seconds: number): string {
  const ago = dayOf(Date.now() / 1000) - dayOf(seconds)
  if (ago === 0) return tr('Today')
  if (ago === 1) return tr('Yesterday')
  return new Date(seconds * 1000).toLocaleDateString(document.documentElement.lang || [], { weekday: 'long', day: 'numeric', month: 'long', year: ago > 300 ? 'numeric' : undefined })
}
