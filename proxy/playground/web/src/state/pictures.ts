import { computed, signal } from '@preact/signals'
import { get } from '../api/http'
import type { Page, Picture } from '../api/types'
import { leaving } from './deleting'

/** Every record that was read in this visit. */
export const known = signal<ReadonlyMap<string, Picture>>(new Map())

/** How far the list of this key's pictures was read. */
export const listed = signal<{ ids: string[]; more: boolean; loading: boolean; asked: boolean }>({ ids: [], more: true, loading: false, asked: false })

/** The gallery: newest first, without whole grids, whose quarters are there. */
export const gallery = computed(() =>
  listed.value.ids.flatMap((id) => known.value.get(id) ?? []).filter((p) => !isGrid(p) && !leaving.value.has(p.id)),
)

const pageSize = 100

/** The IDs of whole grids, whose quarters name them. */
const grids = new Set<string>()

/** isGrid says whether a picture is a whole grid, whose quarters are known. */
export function isGrid(p: Picture): boolean {
  return grids.has(p.id)
}

/** morePictures reads the next page. */
export async function morePictures(): Promise<void> {
  const l = listed.value
  if (l.loading || !l.more) return
  listed.value = { ...l, loading: true, asked: true }
  try {
    const after = l.ids.at(-1)
    const page = await get<Page<Picture>>(`v1/images?limit=${pageSize}${after ? `&after=${after}` : ''}`)
    learn(page.data)
    listed.value = { ids: union(listed.value.ids, page.data.map((p) => p.id)), more: page.has_more, loading: false, asked: true }
  } catch (e) {
    listed.value = { ...listed.value, loading: false, more: false }
    throw e
  }
}

/** refreshPictures reads what is new at the top. */
export async function refreshPictures(): Promise<void> {
  if (!listed.value.asked) return morePictures().catch(() => undefined)
  const page = await get<Page<Picture>>(`v1/images?limit=${pageSize}`).catch(() => null)
  if (!page) return
  learn(page.data)
  listed.value = { ...listed.value, ids: union(page.data.map((p) => p.id), listed.value.ids) }
}

/** pictureOf reads one record anew: its buttons may have changed. */
export async function pictureOf(id: string): Promise<Picture> {
  const p = await get<Picture>(`v1/images/${id}`)
  learn([p])
  return p
}

/** jobOf tells which pictures were made together. */
export function jobOf(p: Picture): string {
  return `${p.upstream.name} ${p.upstream.task_id}`
}

/** wordsOf is what a picture was drawn from: its own prompt, what Midjourney was told without the parameters, or the
 * words of the picture it was made from. */
export function wordsOf(p: Picture): string {
  let at: Picture | undefined = p
  for (let i = 0; at && i < 50; i++) {
    const words = at.prompt || (at.revised_prompt ?? '').replace(/\s--[a-z].*$/s, '').trim()
    if (words) return words
    at = at.parent ? known.value.get(at.parent) : undefined
  }
  return ''
}

/** What was pressed here a moment ago: an answer that was asked for before does not know it yet. */
export const marks = new Map<string, { favorite: boolean }>()

/** learn takes records over. */
export function learn(records: Picture[]): void {
  const next = new Map(known.value)
  for (const p of records) {
    next.set(p.id, { ...p, ...marks.get(p.id) })
    if (p.grid) grids.add(p.grid)
  }
  known.value = next
}

/** forget takes out records of pictures that are gone. */
export function forget(ids: string[]): void {
  const next = new Map(known.value)
  for (const id of ids) next.delete(id)
  listed.value = { ...listed.value, ids: listed.value.ids.filter((id) => next.has(id)) }
  known.value = next
}

function union(first: string[], then: string[]): string[] {
  return [...new Set([...first, ...then])]
}
