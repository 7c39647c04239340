import { dismiss, ended, runs } from '../state/runs'
import { tr } from '../words'
import { Close } from './icons'
import { ProblemNote } from './ProblemNote'
import { Texts } from './Texts'

/** StageNotes lies over the picture's lower edge: what is said about it, or why a press did not work. Nothing moves when
 * it comes or goes. */
export function StageNotes({ id }: { id: string }) {
  const told = runs.value.filter((r) => {
    const s = r.state.value
    return r.ask?.from === id && ended(s.status) && (s.problem || s.made.some((m) => !m.id && m.prompt))
  })
  const run = told[0]
  if (!run) return null
  const s = run.state.value
  return (
    <section class="stage-notes" aria-label={run.ask?.title}>
      <button class="plain round tiny" aria-label={tr('Close')} onClick={() => dismiss(run)}><Close /></button>
      {s.problem
        ? <ProblemNote problem={s.problem} title={`${run.ask?.title}: ${s.status === 'cancelled' ? tr('stopped') : tr('this did not work')}`} again={run.ask} />
        : <Texts texts={s.made.flatMap((m) => (m.prompt ? [m.prompt] : []))} />}
    </section>
  )
}
