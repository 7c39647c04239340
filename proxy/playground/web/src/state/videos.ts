import { signal } from '@preact/signals'
import { get } from '../api/http'
import type { Page, Video } from '../api/types'
import { keep, recall } from './storage'

/** This key's videos, newest first; null while they were not read. */
export const videos = signal<Video[] | null>(null)

/** refreshVideos reads the newest. A midgate whose upstream makes no videos has none. */
export async function refreshVideos(): Promise<void> {
  const page = await get<Page<Video>>('v1/videos?limit=100').catch(() => null)
  videos.value = page?.data ?? videos.value ?? []
}

/** videoOf reads one. */
export async function videoOf(id: string): Promise<Video> {
  const v = await get<Video>(`v1/videos/${id}`)
  videos.value = [v, ...(videos.value ?? []).filter((o) => o.id !== id)].sort((a, b) => b.created_at - a.created_at)
  return v
}

/** remember notes which picture or video one came from: its record does not say. */
export function remember(video: string, from: string): void {
  const all = origins()
  all[video] = from
  keep('origins', JSON.stringify(Object.fromEntries(Object.entries(all).slice(-200))))
}

/** originOf is the picture or video that a video was begun with, as far as this browser knows. */
export function originOf(video: string): string | null {
  return origins()[video] ?? null
}

function origins(): Record<string, string> {
  try {
    return JSON.parse(recall('origins') ?? '{}')
  } catch {
    return {}
  }
}
