import type { Picture, Video } from '../api/types'
import { jobOf, known, listed, morePictures, pictureOf } from './pictures'
import { refreshVideos, videos } from './videos'

/** One step of a history: the pictures that one job made together, and what came of them. */
export interface Branch {
  key: string
  pictures: Picture[] // quarters in their order, or the single picture
  action: string | null // what made it; null for the beginning
  from: string | null // the picture it was made from
  branches: Branch[]
  films: Video[]
}

const farthest = 600

/** unfold reads what is needed to know where a picture comes from and what came of it. */
export async function unfold(id: string): Promise<void> {
  if (!videos.value) void refreshVideos()
  let top = known.value.get(id) ?? (await pictureOf(id))
  for (let i = 0; top.parent && i < 50; i++) {
    const above: Picture | null = known.value.get(top.parent) ?? (await pictureOf(top.parent).catch(() => null))
    if (!above) break
    top = above
  }
  while (listed.value.more && !listed.value.loading && listed.value.ids.length < farthest) {
    const oldest = known.value.get(listed.value.ids.at(-1) ?? '')
    if (oldest && oldest.created < top.created) break
    await morePictures()
  }
}

/** historyOf is the tree that a picture is in, from its beginning, as far as the records are known. */
export function historyOf(id: string, all: ReadonlyMap<string, Picture>): Branch | null {
  let top = all.get(id)
  for (let i = 0; top?.parent && all.has(top.parent) && i < 50; i++) top = all.get(top.parent)
  if (!top) return null
  const jobs = new Map<string, Picture[]>()
  for (const p of all.values()) jobs.set(jobOf(p), [...(jobs.get(jobOf(p)) ?? []), p])
  const children = new Map<string, string[]>() // picture → jobs that began with it
  for (const [key, pictures] of jobs) {
    const from = pictures.find((p) => p.parent)?.parent
    if (from) children.set(from, [...(children.get(from) ?? []), key])
  }
  return branch(jobOf(top), jobs, children, 0)
}

function branch(key: string, jobs: Map<string, Picture[]>, children: Map<string, string[]>, depth: number): Branch {
  const all = jobs.get(key) ?? []
  const grids = new Set(all.flatMap((p) => (p.grid ? [p.grid] : [])))
  const pictures = all.filter((p) => !grids.has(p.id)).sort((a, b) => a.upstream.index - b.upstream.index)
  const below = depth > 40 ? [] : all.flatMap((p) => children.get(p.id) ?? []).filter((k) => k !== key)
  const made = all.find((p) => p.parent)
  return {
    key,
    pictures,
    action: made?.action ?? null,
    from: made?.parent ?? null,
    branches: below.map((k) => branch(k, jobs, children, depth + 1)).sort((a, b) => begun(a) - begun(b)),
    films: filmsOf(new Set(all.map((p) => p.id))),
  }
}

/** filmsOf are the finished videos that began with one of these pictures, and those that continue them, oldest first. */
function filmsOf(from: Set<string>): Video[] {
  const films: Video[] = []
  for (const v of (videos.value ?? []).toReversed()) {
    if (v.status !== 'completed' || ![v.parent, v.remixed_from_video_id].some((o) => o && from.has(o))) continue
    films.push(v)
    from.add(v.id)
  }
  return films
}

const begun = (b: Branch) => b.pictures[0]?.created ?? 0

/** size is how many steps a history has. */
export function size(b: Branch): number {
  return 1 + b.films.length + b.branches.reduce((n, c) => n + size(c), 0)
}
