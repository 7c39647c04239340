import { useEffect, useState } from 'preact/hooks'
import type { Ask } from '../api/ask'
import type { Job, Step } from '../api/types'
import { repeatable } from '../state/asks'
import { ended } from '../state/runs'
import { code, copy } from '../state/ui'
import { tr } from '../words'
import { kindName, statusName } from './kinds'

/** JobStory is one job as a chart: a bar for each step, on the time that the whole took. */
export function JobStory({ job: j, ask }: { job: Job; ask: Ask | null }) {
  const now = useNow(!ended(j.status))
  const end = Math.max(j.finished_at ?? now, j.created_at + 1)
  return (
    <article class="story">
      <header class="story-head">
        <div>
          <p class="story-title">{ask ? `POST /${ask.path.replace(/img_\w+/, '{id}')}` : kindName(j.kind)}</p>
          <p class="muted">{ask?.title ?? new Date(j.created_at * 1000).toLocaleString()}</p>
        </div>
        <span class={`state ${j.status}`}>{statusName(j.status)}</span>
      </header>
      <ol class="steps">
        {j.steps.map((s, i) => <Bar key={`${s.name}${i}`} step={s} from={j.created_at} to={end} live={!ended(j.status)} />)}
        {j.steps.length === 0 && <li class="muted">{ended(j.status) ? tr('No step was taken: nothing was paid.') : tr('Waiting for a place…')}</li>}
      </ol>
      {j.error && <p class="problem-line">{j.error.message}</p>}
      <footer class="story-foot">
        <span><b>{j.jobs_paid}</b> {tr('paid')}</span>
        <span>{pollsOf(j.steps.reduce((n, s) => n + s.polls, 0))}</span>
        <span><b>{Math.max(0, Math.round(end - j.created_at))}</b> s</span>
        <button class="link" title={tr('Copy the ID of the job')} onClick={() => void copy(j.id, tr('ID of the job'))}>{j.id.slice(0, 12)}…</button>
        {repeatable(ask) && <button class="link" onClick={() => (code.value = ask)}>{tr('Code')}</button>}
      </footer>
    </article>
  )
}

function Bar({ step: s, from, to, live }: { step: Step; from: number; to: number; live: boolean }) {
  const whole = Math.max(1, to - from)
  const begin = Math.max(0, (s.submitted_at ?? from) - from)
  // A press that only opened a dialog never ends by itself: the dialog's own step goes on from it.
  const finish = s.finished_at ?? (live ? to : from + begin)
  const long = Math.max(0, finish - from - begin)
  const left = Math.min(98, (100 * begin) / whole)
  return (
    <li class="step">
      <span class="step-name">{s.name}</span>
      <span class="step-facts">
        {s.paid && <span class="paid">{tr('paid')}</span>}
        <span>{pollsOf(s.polls)}</span>
        <span>{long < 1 ? '<1' : Math.round(long)} s</span>
      </span>
      <span class="lane" aria-hidden="true">
        <span class={`stretch ${s.finished_at || !live ? 'done' : 'live'} ${/fail|error|reject/i.test(s.state) ? 'bad' : ''}`}
          style={{ left: `${left}%`, width: `${Math.max(2, Math.min(100 - left, (100 * long) / whole))}%` }} />
      </span>
    </li>
  )
}

/** pollsOf says how often the upstream was asked. */
function pollsOf(n: number): string {
  return n === 1 ? tr('1 poll') : tr('{n} polls', { n })
}

/** useNow is the time in seconds, ticking while something is live. */
function useNow(live: boolean): number {
  const [now, set] = useState(Date.now() / 1000)
  useEffect(() => {
    if (!live) return
    const timer = setInterval(() => set(Date.now() / 1000), 500)
    return () => clearInterval(timer)
  }, [live])
  return now
}
