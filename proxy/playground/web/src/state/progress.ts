import { computed, effect } from '@preact/signals'
import { tr } from '../words'
import { ended, open, runs } from './runs'
import { keep, recall } from './storage'
import { say } from './ui'

/** How far what is under way is, for the tab's title; empty while nothing is. */
export const inTitle = computed(() => {
  const all = open.value
  if (all.length === 0) return ''
  const percent = Math.round(all.reduce((n, r) => n + (r.state.value.job?.progress ?? 0), 0) / all.length)
  return all.length > 1 ? `${percent} % (${all.length}) · ` : `${percent} % · `
})

const told = new Set<string>()
const long = 8000

/** tellEnds gives notice of jobs that end while nobody looks at the page, to whoever said yes to that. The question comes
 * once, when something takes long. */
export function tellEnds(): void {
  if (!('Notification' in globalThis)) return
  effect(() => {
    for (const run of runs.value) {
      const s = run.state.value
      if (!ended(s.status) || told.has(run.key)) continue
      told.add(run.key)
      if (!document.hidden || Notification.permission !== 'granted') continue
      const note = new Notification(s.status === 'completed' ? tr('Done') : tr('This did not work'), { body: run.ask?.title, tag: run.key })
      note.onclick = () => (focus(), note.close())
    }
  })
  setInterval(() => {
    if (Notification.permission !== 'default' || recall('told') || !open.value.some((r) => Date.now() - r.begun > long)) return
    keep('told', 'asked')
    say(tr('Give notice when it is done?'), { label: tr('Yes'), do: () => void Notification.requestPermission(), lasts: 9000 })
  }, 1000)
}
