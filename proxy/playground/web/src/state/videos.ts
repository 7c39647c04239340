import { signal } from '@preact/signals'
import { get } from '../api/http'
import type { Page, Video } from '../api/types'

/** This key's videos, newest first; null while they were not read. */
export const videos = signal<Video[] | null>(null)

const farthest = 1000

/** refreshVideos reads them, the newest first, until all the rest is known. A midgate whose upstream makes no videos has none. */
export async function refreshVideos(): Promise<void> {
  const before = videos.value ?? []
  const known = new Set(before.map((v) => v.id))
  const read: Video[] = []
  for (let after = ''; read.length < farthest; ) {
    const page = await get<Page<Video>>(`v1/videos?limit=100${after}`).catch(() => null)
    if (!page) break
    read.push(...page.data)
    const fresh = new Set(read.map((v) => v.id))
    const oldest = read.at(-1)?.created_at ?? 0
    const rest = page.has_more ? before.filter((v) => !fresh.has(v.id) && v.created_at <= oldest) : []
    videos.value = [...read, ...rest]
    if (!page.has_more || page.data.every((v) => known.has(v.id))) break
    after = `&after=${page.last_id}`
  }
  videos.value ??= []
}

/** videoOf reads one. */
export async function videoOf(id: string): Promise<Video> {
  const v = await get<Video>(`v1/videos/${id}`)
  videos.value = [v, ...(videos.value ?? []).filter((o) => o.id !== id)].sort((a, b) => b.created_at - a.created_at)
  return v
}

/** originOf is the picture or video that a video was made of, if midgate has it. */
export function originOf(v: Video): string | null {
  return v.parent ?? v.remixed_from_video_id
}
