import { signal } from '@preact/signals'
import { at } from '../api/base'
import { problemOf, send } from '../api/http'
import { tr } from '../words'
import { key } from './key'
import { forget } from './pictures'
import { say } from './ui'

/** Pictures that are hidden and will be deleted when nobody takes it back. */
export const leaving = signal<ReadonlySet<string>>(new Set())

const grace = 10_000
let timer = 0

/** remove hides pictures and deletes them after a while, in which that can be undone. */
export function remove(ids: string[]): void {
  void flush()
  leaving.value = new Set(ids)
  timer = window.setTimeout(() => void flush(), grace)
  say(ids.length === 1 ? tr('Picture deleted') : tr('{n} pictures deleted', { n: ids.length }), { label: tr('Undo'), do: undo, lasts: grace })
}

function undo(): void {
  clearTimeout(timer)
  leaving.value = new Set()
}

/** flush deletes what is leaving. */
async function flush(): Promise<void> {
  clearTimeout(timer)
  const ids = [...leaving.value]
  if (ids.length === 0) return
  const gone = await Promise.allSettled(ids.map((id) => send(`v1/images/${id}`, { method: 'DELETE' })))
  const failed = gone.find((g) => g.status === 'rejected')
  forget(ids.filter((_, i) => gone[i]!.status === 'fulfilled'))
  leaving.value = new Set([...leaving.value].filter((id) => !ids.includes(id)))
  if (failed) say(problemOf(failed.reason).message)
}

/** deleteWhenLeft deletes what is leaving also when the page is closed first. */
export function deleteWhenLeft(): void {
  addEventListener('pagehide', () => {
    for (const id of leaving.value) {
      void fetch(at(`v1/images/${id}`), { method: 'DELETE', keepalive: true, headers: key.value ? { authorization: `Bearer ${key.value}` } : {} })
    }
    leaving.value = new Set()
  })
}
