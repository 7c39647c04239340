import { signal } from '@preact/signals'
import { get } from '../api/http'
import type { Job, Page } from '../api/types'

/** The newest jobs of this key, whoever began them. */
export const earlier = signal<Job[]>([])

/** loadEarlier reads them. */
export async function loadEarlier(): Promise<void> {
  const page = await get<Page<Job>>('v1/jobs?limit=30').catch(() => null)
  if (page) earlier.value = page.data
}
