import type { Deed } from './mask'
import { keep, recall } from './storage'

/** What was painted and written in the editor, and not sent or sent and perhaps wanted again. */
export interface Painting {
  deeds: Deed[]
  prompt: string
  n: number
}

const most = 12

/** paintingOf is what was left in the editor of a picture. */
export function paintingOf(subject: string): Painting {
  return all()[subject] ?? { deeds: [], prompt: '', n: 4 }
}

/** keepPainting keeps it, for the newest pictures. */
export function keepPainting(subject: string, p: Painting): void {
  const others = Object.entries(all()).filter(([s]) => s !== subject)
  const fresh: [string, Painting][] = p.deeds.length === 0 && !p.prompt ? [] : [[subject, { ...p, deeds: p.deeds.map(rounded) }]]
  keep('paintings', JSON.stringify(Object.fromEntries([...others, ...fresh].slice(-most))))
}

/** rounded takes the fractions of pixels away, of which nobody sees anything. */
function rounded(d: Deed): Deed {
  return d.kind === 'stroke' ? { ...d, points: d.points.map(([x, y]) => [Math.round(x), Math.round(y)]) } : d
}

function all(): Record<string, Painting> {
  try {
    return JSON.parse(recall('paintings') ?? '{}')
  } catch {
    return {}
  }
}
