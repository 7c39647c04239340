import { Film } from './Film'
import type { Ask } from '../api/ask'
import { repeatable } from '../state/asks'
import { Tile } from './Tile'
import { href } from '../state/route'
import { cancel, canStop, dismiss, ended, type Run, type State, start } from '../state/runs'
import { code, hood } from '../state/ui'
import { Close, Code, Gauge, Play, Repeat, Stop } from './icons'
import { ProblemNote } from './ProblemNote'
import { Texts } from './Texts'
import { useElapsed } from './useElapsed'
import { useSmooth } from './useSmooth'
import { tr } from '../words'

/** RunCard is one request of this visit: the places of its pictures, which fill as they come, and what it was. */
export function RunCard({ run }: { run: Run }) {
  const s = run.state.value
  const running = !ended(s.status)
  const percent = useSmooth(s)
  const elapsed = useElapsed((s.job?.created_at || run.begun / 1000), running)
  return (
    <article class="run" aria-busy={running}>
      {s.problem && <ProblemNote problem={s.problem} title={s.status === 'cancelled' ? tr('Stopped') : tr('This did not work')} again={run.ask} />}
      <Results run={run} s={s} />
      <footer class="run-foot">
        <div class="run-title">
          <p class="run-prompt">{run.ask?.title ?? tr('A job that was begun elsewhere')}</p>
          <p class="run-state" role="status">{told(run, s, percent)}{running && s.status !== 'sending' && ` · ${elapsed} s`}</p>
        </div>
        <div class="row">
          {canStop(s) && (
            <button class="plain" onClick={() => void cancel(run)}><Stop /> {tr('Stop')}</button>
          )}
          {!running && repeatable(run.ask) && (
            <button class="plain round" aria-label={tr('Do it again')} title={tr('Do it again')} onClick={() => start(run.ask!)}><Repeat /></button>
          )}
          {repeatable(run.ask) && (
            <button class="plain round" aria-label={tr('Show as code')} title={tr('As curl, Python or Node')} onClick={() => (code.value = run.ask)}><Code /></button>
          )}
          <button class="plain round" aria-label={tr('Under the hood')} title={tr('Under the hood')} onClick={() => (hood.value = true)}><Gauge /></button>
          {!running && (
            <button class="plain round" aria-label={tr('Take off this page')} title={tr('Take off this page')} onClick={() => dismiss(run)}><Close /></button>
          )}
        </div>
      </footer>
      {running && <div class="progress"><progress max={100} value={percent} aria-label={tr('Progress')} /></div>}
    </article>
  )
}

function Results({ run, s }: { run: Run; s: State }) {
  const texts = s.made.flatMap((m) => (!m.id && m.prompt ? [m.prompt] : []))
  if (texts.length > 0) return <Texts texts={texts} />
  if (s.made.length > 0) return <Tiles ask={run.ask} ids={s.made.flatMap((m) => (m.id ? [m.id] : []))} made={s.made} />
  if (s.status === 'completed' && s.video) {
    return (
      <ul class="tiles n1">
        <li>
          <a class="tile" href={href({ view: 'video', id: s.video })} aria-label={tr('Play the video')}>
            <Film id={s.video} quiet />
            <span class="tile-play"><Play /></span>
          </a>
        </li>
      </ul>
    )
  }
  if (ended(s.status) || run.ask?.kind === 'describe') return null
  return <Places ask={run.ask} s={s} />
}

function Tiles({ ask, ids, made }: { ask: Ask | null; ids: string[]; made: State['made'] }) {
  return (
    <ul class={`tiles n${Math.min(ids.length, 4)}`}>
      {ids.map((id, i) => <Tile key={id} id={id} label={tr('Picture {n}: {words}', { n: i + 1, words: ask?.title ?? '' })} ratio={shape(made[i], ask)} />)}
    </ul>
  )
}

/** Places are where pictures will be. A partial picture of several is the whole grid: each place shows its quarter. */
function Places({ ask, s }: { ask: Ask | null; s: State }) {
  const n = ask?.expected ?? s.job?.n ?? 1
  const shown = s.partial
  const ratio = ask ? `${ask.ratio[0]} / ${ask.ratio[1]}` : '1 / 1'
  return (
    <ul class={`tiles n${Math.min(n, 4)}`}>
      {Array.from({ length: n }, (_, i) => (
        <li key={i}>
          <div class="tile waiting" style={{ aspectRatio: ratio }}>
            {shown && <img key={shown.length} class={n > 1 ? `quarter q${(i % 4) + 1}` : ''} src={shown} alt="" onError={(e) => (e.currentTarget.hidden = true)} />}
            {i === 0 && <span class="percent" aria-hidden="true">{s.job?.progress ? `${s.job.progress} %` : ''}</span>}
          </div>
        </li>
      ))}
    </ul>
  )
}

function shape(m: State['made'][number] | undefined, ask: Ask | null): string {
  if (m?.width && m.height) return `${m.width} / ${m.height}`
  return ask ? `${ask.ratio[0]} / ${ask.ratio[1]}` : '1 / 1'
}

/** told says how a run stands. */
function told(run: Run, s: State, percent: number): string {
  const seconds = s.job?.finished_at ? Math.max(1, s.job.finished_at - s.job.created_at) : 0
  const paid = s.job ? s.job.jobs_paid === 1 ? tr('1 job paid') : tr('{n} jobs paid', { n: s.job.jobs_paid }) : ''
  switch (s.status) {
    case 'sending':
      return tr('Sending…')
    case 'queued':
      return tr('Waiting for a place…')
    case 'in_progress':
      return percent ? `${percent} %` : tr('Midjourney is at work…')
    case 'completed':
      return [run.ask && run.ask.kind !== 'draw' ? tr('Done') : modelOf(run), seconds ? `${seconds} s` : '', paid].filter(Boolean).join(' · ')
    default:
      return paid
  }
}

function modelOf(run: Run): string {
  return String(run.ask?.json?.model ?? run.state.value.job?.model ?? '')
}
