import { signal } from '@preact/signals'
import type { Ask } from '../api/ask'
import type { Picture } from '../api/types'
import { tr } from '../words'
import { saidBy } from './flags'
import { wordsOf } from './pictures'

/** What a picture that is given along is for. */
export type Role = 'reference_images' | 'style_reference' | 'character_reference' | 'omni_reference'

export interface Reference {
  value: string // a picture's ID, or a data URL
  shown: string // where its thumbnail is
  role: Role
}

/** Midjourney's own parameters; absent ones are left to midgate and Midjourney. */
export interface Advanced {
  stylize?: number
  chaos?: number
  weird?: number
  seed?: number
  image_weight?: number
  no?: string
  raw?: boolean
  tile?: boolean
  draft?: boolean
}

/** What the composer holds. */
export interface Draft {
  prompt: string
  model: string
  speed: '' | 'relax' | 'fast' | 'turbo'
  quality: '' | 'low' | 'high'
  ratio: string // "3:2"; empty leaves it to the prompt
  n: number
  references: Reference[]
  advanced: Advanced
}

const empty: Draft = { prompt: '', model: 'midjourney', speed: '', quality: '', ratio: '1:1', n: 4, references: [], advanced: {} }

export const draft = signal<Draft>(empty)

/** change writes some fields of the draft. */
export function change(fields: Partial<Draft>): void {
  draft.value = { ...draft.value, ...fields }
}

/** write changes the words; a ratio or version that they name is the panel's too. */
export function write(prompt: string): void {
  change({ prompt, ...saidBy(prompt) })
}

/** changeAdvanced sets a parameter, or leaves it out. */
export function changeAdvanced(fields: Partial<Advanced>): void {
  const next = { ...draft.value.advanced, ...fields }
  change({ advanced: Object.fromEntries(Object.entries(next).filter(([, v]) => v !== undefined && v !== '' && v !== false)) })
}

/** refer adds a picture to what is given along. */
export function refer(value: string, shown: string): void {
  if (draft.value.references.some((r) => r.value === value)) return
  change({ references: [...draft.value.references, { value, shown, role: 'reference_images' }] })
}

/** remix fills the composer with what drew a picture. */
export function remix(p: Picture): void {
  change(remixed(p))
}

/** remixing is the request that draws a picture's words again. */
export function remixing(p: Picture): Ask {
  return drawing({ ...empty, ...remixed(p) })
}

function remixed(p: Picture): Pick<Draft, 'prompt' | 'ratio' | 'model'> {
  return { prompt: wordsOf(p), ratio: nearest(p.width / p.height), model: p.model || 'midjourney' }
}

/** The ratios on offer, from the widest to the tallest. */
export const ratios = ['21:9', '16:9', '3:2', '4:3', '1:1', '3:4', '2:3', '9:16']

/** sides are a ratio's two numbers. */
export function sides(ratio: string): [number, number] {
  const [w = 1, h = 1] = ratio.split(':').map(Number)
  return [w || 1, h || 1]
}

function nearest(ratio: number): string {
  const off = (r: string) => Math.abs(Math.log(sides(r)[0] / sides(r)[1] / ratio))
  return ratios.reduce((best, r) => (off(r) < off(best) ? r : best), '1:1')
}

/** blends says whether a draft without words or settings asks for its pictures to be mixed. */
export function blends(d: Draft): boolean {
  return !d.prompt.trim() && d.references.length >= 2 && d.references.length <= 5 && d.references.every((r) => r.role === 'reference_images') && Object.keys(d.advanced).length === 0
}

/** drawing is the request that the draft stands for. */
export function drawing(d: Draft): Ask {
  if (blends(d)) {
    const json = { images: d.references.map((r) => r.value), n: d.n, ...(d.ratio ? { size: d.ratio } : {}), ...(d.speed ? { midjourney: { speed: d.speed } } : {}), response_format: 'url' }
    return { path: 'v1/images/blends', title: tr('Blend'), kind: 'blend', expected: d.n, ratio: sides(d.ratio), json }
  }
  const midjourney: Record<string, unknown> = { ...d.advanced }
  const said = saidBy(d.prompt) // what the words say is not said twice
  if (d.speed) midjourney.speed = d.speed
  for (const r of d.references) {
    if (r.role === 'omni_reference') midjourney[r.role] = r.value
    else midjourney[r.role] = [...((midjourney[r.role] as string[]) ?? []), r.value]
  }
  return {
    path: 'v1/images/generations',
    title: d.prompt,
    kind: 'draw',
    expected: d.n,
    ratio: sides(d.ratio),
    json: {
      ...(said.model ? {} : { model: d.model }),
      prompt: d.prompt,
      n: d.n,
      ...(d.ratio && !said.ratio ? { size: d.ratio } : {}),
      ...(d.quality ? { quality: d.quality } : {}),
      response_format: 'url',
      ...(Object.keys(midjourney).length > 0 ? { midjourney } : {}),
    },
  }
}
