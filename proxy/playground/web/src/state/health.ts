import { computed, signal } from '@preact/signals'
import { at } from '../api/base'

/** What GET /healthz and GET /readyz say. */
export interface Health {
  alive: boolean | null // null: not asked yet
  ready: boolean
  reason: string // why it is not ready, in midgate's words
  upstream: string // what is known of the upstream, where midgate says it
  stops: boolean // false: what an upstream has begun, nobody can stop
  asked: Date | null
}

export const health = signal<Health>({ alive: null, ready: false, reason: '', upstream: '', stops: true, asked: null })

/** One word for the header. */
export const mood = computed(() => {
  const h = health.value
  if (h.alive === null) return 'unknown'
  if (!h.alive) return 'offline'
  if (!h.ready) return 'unready'
  return trouble(h.upstream) ? 'trouble' : 'ready'
})

/** trouble reads what midgate says of the upstream: while it does not answer, nothing new can be drawn. */
function trouble(upstream: string): boolean {
  return /did not answer/.test(upstream) && !/(^| )answered/.test(upstream)
}

const every = 15_000

/** watchHealth asks now and then, while somebody looks at the page. */
export function watchHealth(): void {
  const ask = () => void check()
  ask()
  setInterval(() => document.hidden || ask(), every)
  addEventListener('online', ask)
}

/** check asks once. */
export async function check(): Promise<void> {
  const [alive, ready] = await Promise.all([status('healthz'), status('readyz?ask=upstream')])
  health.value = {
    alive: alive?.ok ?? false,
    ready: ready?.ok ?? false,
    reason: ready?.said.reason ?? '',
    upstream: ready?.said.upstream ?? '',
    stops: ready ? ready.said.cancel !== 'not offered' : health.value.stops,
    asked: new Date(),
  }
}

async function status(path: string): Promise<{ ok: boolean; said: Record<string, string> } | null> {
  try {
    const answer = await fetch(at(path), { cache: 'no-store' })
    return { ok: answer.ok, said: await answer.json().catch(() => ({})) }
  } catch {
    return null
  }
}
