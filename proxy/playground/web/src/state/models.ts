import { computed, signal } from '@preact/signals'
import { get } from '../api/http'

const listed = signal<string[]>(['midjourney'])

/** loadModels reads what GET /v1/models offers. */
export async function loadModels(): Promise<void> {
  const page = await get<{ data: { id: string }[] }>('v1/models').catch(() => null)
  if (page) listed.value = page.data.map((m) => m.id)
}

/** Midjourney's versions; its speeds have a control of their own. */
export const versions = computed(() => listed.value.filter((id) => own(id) && !/-(relax|fast|turbo)$/.test(id)))

/** The names that OpenAI's clients send; they mean Midjourney too. */
export const aliases = computed(() => listed.value.filter((id) => !own(id)))

function own(id: string): boolean {
  return /^(midjourney|niji)/.test(id)
}

/** modelName is how a person says it: "Midjourney v7". */
export function modelName(id: string): string {
  if (id === 'midjourney') return 'Midjourney'
  return id.replace(/^midjourney-v/, 'Midjourney ').replace(/^niji-/, 'Niji ').replace(/^niji$/, 'Niji').replace(/-(relax|fast|turbo)$/, ' · $1')
}
