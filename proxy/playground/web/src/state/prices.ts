import type { Picture } from '../api/types'

/** What pressing an action costs, and whether its button is certain to be there. */
export interface Price {
  jobs: number
  certain: boolean
}

/** priceOf is what an action costs; null where it is not offered. What a picture of a grid has only once it is separated
 * from it costs that job too, and is only likely. */
export function priceOf(p: Picture, action: string): Price | null {
  if (action === 'upscale' && changesNothing(p)) return null
  if (p.actions.includes(action)) return { jobs: 1, certain: true }
  if (p.likely_actions?.includes(action)) return { jobs: 2, certain: false }
  return null
}

/** changesNothing says whether a picture's U only gives back the same picture, as it does since version 5. */
export function changesNothing(p: Picture): boolean {
  const version = /--(?:v|niji)\s+(\d+)/.exec(p.revised_prompt ?? '')?.[1] ?? /(?:-v|niji-)(\d+)/.exec(p.model)?.[1]
  return p.grid !== null && (version === undefined || Number(version) >= 5)
}
