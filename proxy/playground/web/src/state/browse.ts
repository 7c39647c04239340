import { computed, effect, signal } from '@preact/signals'
import { get } from '../api/http'
import type { Page, Picture, Video } from '../api/types'
import { leaving } from './deleting'
import { gallery, isGrid, known, learn, listed, morePictures, wordsOf } from './pictures'
import { videos } from './videos'

/** What the gallery is asked for. */
export interface Filter {
  query: string
  only: '' | 'favorites' | 'edits' | 'videos'
  version: string
}

export const filter = signal<Filter>({ query: '', only: '', version: '' })

/** What the server is asked, as far as it can choose by itself; empty for everything. */
const asked = computed(() => {
  const f = filter.value
  const parts = new URLSearchParams()
  if (f.query.trim()) parts.set('query', f.query.trim())
  if (f.only === 'favorites') parts.set('favorite', 'true')
  return parts.toString()
})

/** What the server found for the filter that is set; not used while everything is shown. */
const found = signal<{ of: string; ids: string[]; more: boolean; loading: boolean }>({ of: '', ids: [], more: false, loading: false })

effect(() => {
  const of = asked.value
  if (of !== found.peek().of) found.value = { of, ids: [], more: of !== '', loading: false }
})

/** Whether there may be more than is known, and whether it is being read. */
export const reading = computed(() => (asked.value ? found.value : listed.value))

/** more reads the next page of what the gallery is asked for. */
export async function more(): Promise<void> {
  if (!asked.value) return morePictures()
  const f = found.value
  if (f.loading || !f.more) return
  found.value = { ...f, loading: true }
  try {
    const last = f.ids.at(-1)
    const page = await get<Page<Picture>>(`v1/images?limit=100&${f.of}${last ? `&after=${last}` : ''}`)
    if (found.value.of !== f.of) return
    learn(page.data)
    found.value = { ...f, ids: [...f.ids, ...page.data.map((p) => p.id)], more: page.has_more, loading: false }
  } catch (e) {
    if (found.value.of === f.of) found.value = { ...f, loading: false, more: false }
    throw e
  }
}

/** The pictures that pass the filter, newest first. */
export const chosen = computed<Picture[]>(() => {
  const f = filter.value
  if (f.only === 'videos') return []
  let all = gallery.value
  if (asked.value) {
    all = found.value.ids.flatMap((id) => known.value.get(id) ?? []).filter((p) => !isGrid(p) && !leaving.value.has(p.id))
  }
  if (f.only === 'favorites') all = all.filter((p) => p.favorite)
  if (f.only === 'edits') all = all.filter((p) => p.parent || p.action)
  if (f.version) all = all.filter((p) => versionOf(p) === f.version)
  return all
})

/** The videos that pass it. */
export const films = computed<Video[]>(() => {
  const f = filter.value
  if (f.only === 'favorites' || f.only === 'edits' || f.version) return []
  const words = f.query.trim().toLowerCase()
  return (videos.value ?? []).filter((v) => v.status === 'completed' && (!words || (v.prompt ?? '').toLowerCase().includes(words)))
})

/** versionOf is the version that drew a picture, as a person says it. */
export function versionOf(p: Picture): string {
  let v = versions.get(p)
  if (v === undefined) versions.set(p, (v = readVersion(p)))
  return v
}

const versions = new WeakMap<Picture, string>()

function readVersion(p: Picture): string {
  const [, name, number] = /--(v|niji)\s+([\d.]+)/.exec(p.revised_prompt ?? '') ?? []
  return number ? `${name === 'v' ? 'V' : 'Niji '}${number.replace(/\.0$/, '')}` : ''
}

/** The versions among what is known, newest first. */
export const versionsSeen = computed(() => [...new Set(gallery.value.map(versionOf).filter(Boolean))].sort().reverse())

/** One place of the gallery: the pictures of a job together, a single picture, or a video. */
export interface Item {
  key: string
  created: number
  pictures: Picture[]
  film: Video | null
}

/** The jobs whose pictures are shown one by one. */
export const opened = signal<ReadonlySet<string>>(new Set())

/** The gallery's places, newest first; the pictures of one job are one place until it is opened. */
export const items = computed<Item[]>(() => {
  const jobs = new Map<string, Picture[]>()
  for (const p of chosen.value) {
    const job = `${p.upstream.name} ${p.upstream.task_id}`
    const fellows = jobs.get(job)
    if (fellows) fellows.push(p)
    else jobs.set(job, [p])
  }
  const all: Item[] = []
  for (const [key, pictures] of jobs) {
    pictures.sort((a, b) => a.upstream.index - b.upstream.index)
    const created = pictures[0]!.created
    if (opened.value.has(key)) for (const p of pictures) all.push({ key: p.id, created, pictures: [p], film: null })
    else all.push({ key, created, pictures, film: null })
  }
  const oldest = reading.value.more && all.length > 0 ? all.at(-1)!.created : -Infinity
  const shown = filter.value.only === 'videos' ? films.value : films.value.filter((v) => v.created_at >= oldest)
  if (shown.length > 0) {
    for (const v of shown) all.push({ key: v.id, created: v.created_at, pictures: [], film: v })
    all.sort((a, b) => b.created - a.created)
  }
  return all
})

/** titleOf is what a place shows, in words. */
export function titleOf(i: Item): string {
  return i.film ? (i.film.prompt ?? '') : wordsOf(i.pictures[0]!)
}
