import { effect } from '@preact/signals'
import { pictureOf } from './pictures'
import { go, route } from './route'
import { ended, runs } from './runs'

const seen = new Set<string>()

/** showResults shows what came of a press as soon as it is there, to whoever still looks at the picture that was pressed
 * and does not write at the moment. */
export function showResults(): void {
  effect(() => {
    for (const run of runs.value) {
      const s = run.state.value
      if (!ended(s.status) || seen.has(run.key)) continue
      seen.add(run.key)
      const here = route.peek()
      const from = run.ask?.from
      if (s.status !== 'completed' || !from || (here.view !== 'image' && here.view !== 'video') || here.id !== from || busy()) continue
      const made = s.made.flatMap((m) => (m.id && m.id !== from ? [m.id] : []))
      const show = () => at(from) && !busy() && go({ view: 'image', id: made[0]! })
      if (made.length > 0) void Promise.all(made.map(pictureOf)).then(show, () => undefined)
      else if (s.video) go({ view: 'video', id: s.video })
    }
  })
}

function at(id: string): boolean {
  const here = route.peek()
  return 'id' in here && here.id === id
}

function busy(): boolean {
  return document.querySelector('dialog[open]') !== null || (document.activeElement?.matches('input, textarea, select') ?? false)
}
