import { useEffect, useState } from 'preact/hooks'
import { film } from '../api/base'
import { problemOf, type Problem } from '../api/http'
import { Film } from '../parts/Film'
import { Close, Download, Link } from '../parts/icons'
import { ProblemNote } from '../parts/ProblemNote'
import { RunCard } from '../parts/RunCard'
import { useKept } from '../parts/useKept'
import { named } from '../state/filenames'
import { extending, ratioOf } from '../state/deeds'
import { known, pictureOf, wordsOf } from '../state/pictures'
import { href } from '../state/route'
import { runs, start } from '../state/runs'
import { copy } from '../state/ui'
import { originOf, videoOf, videos } from '../state/videos'
import { tr } from '../words'

/** VideoView plays one video and continues it. */
export function VideoView({ id }: { id: string }) {
  const [problem, setProblem] = useState<Problem | null>(null)
  const [words, setWords] = useKept(`extend ${id}`)
  const v = videos.value?.find((o) => o.id === id)
  const running = v && v.status !== 'completed' && v.status !== 'failed'
  useEffect(() => {
    const ask = () => videoOf(id).catch((e) => setProblem(problemOf(e)))
    void ask()
    const timer = running ? setInterval(ask, 2000) : undefined
    return () => clearInterval(timer)
  }, [id, running])
  const origin = v ? originOf(v) : null
  useEffect(() => {
    if (origin?.startsWith('img_') && !known.value.has(origin)) pictureOf(origin).catch(() => undefined) // it may be gone
  }, [origin])
  if (!v) return <main tabIndex={-1} class="image-view">{problem ? <ProblemNote problem={problem} /> : <p class="muted empty-note">{tr('Loading…')}</p>}</main>
  const still = origin ? known.value.get(origin) : undefined
  return (
    <main tabIndex={-1} class="image-view">
      <div class="show">
        <div class="stage">
          {v.status === 'completed' ? (
            <Film class="stage-picture" id={id} style={{ aspectRatio: ratioOf(v.size).join(' / '), '--ratio': ratioOf(v.size)[0] / ratioOf(v.size)[1] }} />
          ) : (
            <p class="muted">{running ? `${v.progress} %` : tr('There is no video.')}</p>
          )}
          <a class="plain round stage-close" href={href({ view: 'gallery' })} aria-label={tr('Back to the gallery')}><Close /></a>
        </div>
      </div>
      <div class="panel">
        <header class="facts-head">
          <h1 class="image-prompt">{v.prompt || (still && wordsOf(still)) || tr('A video without words')}</h1>
          <p class="muted">{v.seconds} s · {v.size.replace('x', ' × ')} · {new Date(v.created_at * 1000).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' })}</p>
          <div class="row tools">
            <a class="button" href={film(id)} download={`${named(v.prompt || (still ? wordsOf(still) : '') || 'video')}-${id.slice(-4).toLowerCase()}.mp4`}><Download /> {tr('Download')}</a>
            <button class="plain round" aria-label={tr('Copy the link to this page')} onClick={() => void copy(location.href, tr('Link'))}><Link /></button>
            {origin && (still || origin.startsWith('video_')) && <a class="button" href={href({ view: still ? 'image' : 'video', id: origin })}>{tr('Where it comes from')}</a>}
          </div>
        </header>
        {v.error && <p class="problem-line">{v.error.message}</p>}
        <section class="runs compact" aria-label={tr('Begun with this video')}>
          {runs.value.filter((r) => r.ask?.from === id).map((run) => <RunCard key={run.key} run={run} />)}
        </section>
        <form class="stack" onSubmit={(e) => (e.preventDefault(), start(extending(v, words)))}>
          <h3>{tr('Extend')}</h3>
          <label class="field">
            <span>{tr('What happens next')} <span class="muted">{tr('(optional)')}</span></span>
            <input value={words} onInput={(e) => setWords(e.currentTarget.value)} placeholder={v.prompt ?? ''} />
          </label>
          <button class="primary" disabled={v.status !== 'completed'}>{tr('Extend by about 4 s')}</button>
        </form>
      </div>
    </main>
  )
}
