import { useLayoutEffect, useRef } from 'preact/hooks'
import { askOf } from '../state/asks'
import { runs } from '../state/runs'
import { earlier, loadEarlier } from '../state/ledger'
import { hood } from '../state/ui'
import { Close } from './icons'
import { JobStory } from './JobStory'
import { tr } from '../words'

/** Hood is the drawer that shows, live, the sequence that each request became. */
export function Hood() {
  const head = useRef<HTMLHeadingElement>(null)
  useLayoutEffect(() => {
    if (!hood.value) return
    head.current?.focus()
    void loadEarlier()
  }, [hood.value])
  if (!hood.value) return null
  const live = runs.value.filter((r) => r.state.value.job)
  const shown = new Set(live.map((r) => r.state.value.job!.id))
  const before = earlier.value.filter((j) => !shown.has(j.id))
  const paid = [...live.map((r) => r.state.value.job!), ...before].reduce((n, j) => n + j.jobs_paid, 0)
  return (
    <aside class="hood" aria-labelledby="hood-title">
      <header class="hood-head">
        <div>
          <h2 id="hood-title" tabIndex={-1} ref={head}>{tr('Under the hood')}</h2>
          <p class="muted">{tr('What each request became')}{paid > 0 && ` · ${paid === 1 ? tr('1 job paid') : tr('{n} jobs paid', { n: paid })}`}</p>
        </div>
        <button class="plain round" aria-label={tr('Close')} onClick={() => (hood.value = false)}><Close /></button>
      </header>
      <div class="hood-list">
        {live.length + before.length === 0 && <p class="muted empty-note">{tr('Nothing yet. Draw something, and watch its steps here.')}</p>}
        {live.map((r) => <JobStory key={r.key} job={r.state.value.job!} ask={r.ask} />)}
        {before.map((j) => <JobStory key={j.id} job={j} ask={askOf(j.id)} />)}
      </div>
    </aside>
  )
}
