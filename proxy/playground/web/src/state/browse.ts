import { computed, effect, signal } from '@preact/signals'
import { get } from '../api/http'
import type { Page, Picture, Video } from '../api/types'
import { endOf } from './days'
import { leaving } from './deleting'
import { gallery, isGrid, jobOf, known, learn, listed, morePictures, wordsOf } from './pictures'
import { videos } from './videos'

/** What the gallery is asked for. */
export interface Filter {
  query: string
  only: '' | 'favorites' | 'edits' | 'videos'
  version: string
  until: string // a day like 2026-01-31; empty for today
}

const everything: Filter = { query: '', only: '', version: '', until: '' }

export const filter = signal<Filter>(everything)

/** filtered says whether anything may be left out. */
export const filtered = computed(() => Object.values(filter.value).some(Boolean))

/** showEverything leaves nothing out any more. */
export function showEverything(): void {
  filter.value = everything
}

/** The words that are looked for, once whoever types them rests. */
const words = signal('')

effect(() => {
  const typed = filter.value.query.trim()
  if (!typed) return void (words.value = '')
  const timer = setTimeout(() => (words.value = typed), 200)
  return () => clearTimeout(timer)
})

/** What the server is asked, as far as it can choose by itself; empty for everything. */
const asked = computed(() => {
  const f = filter.value
  const parts = new URLSearchParams()
  if (words.value) parts.set('query', words.value)
  if (f.only === 'favorites') parts.set('favorite', 'true')
  if (f.until) parts.set('before', String(endOf(f.until)))
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
  const looked = words.value.toLowerCase()
  const end = f.until ? endOf(f.until) : Infinity
  return (videos.value ?? []).filter((v) => v.status === 'completed' && v.created_at < end && (!looked || (v.prompt ?? '').toLowerCase().includes(looked)))
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
  /** The fellows of an opened job's first picture, which they fold into. */
  fellows: Picture[]
}

/** The jobs whose pictures are shown one by one. */
const opened = signal<ReadonlySet<string>>(new Set())

/** open shows a job's pictures one by one, or as one place again. */
export function open(first: Picture, wide: boolean): void {
  const next = new Set(opened.value)
  if (wide) next.add(jobOf(first))
  else next.delete(jobOf(first))
  opened.value = next
}

/** The gallery's places, newest first; the pictures of one job are one place until it is opened. */
export const items = computed<Item[]>(() => {
  const jobs = new Map<string, Picture[]>()
  for (const p of chosen.value) {
    const job = jobOf(p)
    const fellows = jobs.get(job)
    if (fellows) fellows.push(p)
    else jobs.set(job, [p])
  }
  const all: Item[] = []
  for (const [key, pictures] of jobs) {
    pictures.sort((a, b) => a.upstream.index - b.upstream.index)
    const created = pictures[0]!.created
    if (!opened.value.has(key)) all.push({ key, created, pictures, film: null, fellows: [] })
    else pictures.forEach((p, n) => all.push({ key: p.id, created, pictures: [p], film: null, fellows: n === 0 ? pictures : [] }))
  }
  const oldest = reading.value.more && all.length > 0 ? all.at(-1)!.created : -Infinity
  const shown = filter.value.only === 'videos' ? films.value : films.value.filter((v) => v.created_at >= oldest)
  if (shown.length > 0) {
    for (const v of shown) all.push({ key: v.id, created: v.created_at, pictures: [], film: v, fellows: [] })
    all.sort((a, b) => b.created - a.created)
  }
  return all
})

/** titleOf is what a place shows, in words. */
export function titleOf(i: Item): string {
  return i.film ? (i.film.prompt ?? '') : wordsOf(i.pictures[0]!)
}
