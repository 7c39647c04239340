import { useEffect, useState } from 'preact/hooks'
import { picture } from '../api/base'
import { problemOf, type Problem } from '../api/http'
import type { Picture } from '../api/types'
import { Deeds } from '../parts/Deeds'
import { Brush, Close, Download, Left, Link, Plus, Repeat, Right } from '../parts/icons'
import { ProblemNote } from '../parts/ProblemNote'
import { RunCard } from '../parts/RunCard'
import { Tree } from '../parts/Tree'
import { deedName } from '../state/deeds'
import { refer, repeat } from '../state/draft'
import { historyOf, unfold } from '../state/lineage'
import { modelName } from '../state/models'
import { gallery, known, pictureOf, wordsOf } from '../state/pictures'
import { go, href } from '../state/route'
import { ended, runs } from '../state/runs'
import { copy, say } from '../state/ui'

/** Image is one picture with all that can be done with it, and where it comes from. */
export function Image({ id }: { id: string }) {
  const [problem, setProblem] = useState<Problem | null>(null)
  const jobsDone = runs.value.filter((r) => ended(r.state.value.status)).length
  useEffect(() => {
    setProblem(null)
    pictureOf(id).then(() => unfold(id)).catch((e) => setProblem(problemOf(e)))
  }, [id, jobsDone])
  const p = known.value.get(id)
  if (!p) return <main tabIndex={-1} class="image-view">{problem ? <ProblemNote problem={problem} /> : <p class="muted empty-note">Loading…</p>}</main>
  const history = historyOf(id, known.value)
  const begun = runs.value.filter((r) => r.ask?.from === id)
  return (
    <main tabIndex={-1} class="image-view">
      <Stage p={p} />
      <div class="panel">
        <Facts p={p} />
        {begun.length > 0 && (
          <section class="runs compact" aria-label="Begun with this picture">
            {begun.map((run) => <RunCard key={run.key} run={run} />)}
          </section>
        )}
        <Deeds key={id} picture={p} />
        {history && <Tree root={history} current={id} />}
      </div>
    </main>
  )
}

function Stage({ p }: { p: Picture }) {
  const all = gallery.value
  const at = all.findIndex((o) => o.id === p.id)
  const newer = at > 0 ? all[at - 1] : undefined
  const older = at >= 0 ? all[at + 1] : undefined
  return (
    <div class="stage">
      <img class="stage-picture" src={picture(p.id)} alt={wordsOf(p)} width={p.width || undefined} height={p.height || undefined} style={{ '--ratio': (p.width || 1) / (p.height || 1) }} />
      <a class="plain round stage-close" href={href({ view: 'gallery' })} aria-label="Back to the gallery"><Close /></a>
      {newer && <a class="plain round stage-left" data-key="ArrowLeft" href={href({ view: 'image', id: newer.id })} aria-label="Newer picture"><Left /></a>}
      {older && <a class="plain round stage-right" data-key="ArrowRight" href={href({ view: 'image', id: older.id })} aria-label="Older picture"><Right /></a>}
    </div>
  )
}

function when(p: Picture): string {
  return new Date(p.created * 1000).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' })
}

function Facts({ p }: { p: Picture }) {
  return (
    <header class="facts-head">
      <h1 class="image-prompt">{wordsOf(p) || 'A picture without words'}</h1>
      <p class="muted">
        {[p.action && deedName(p.action), p.model && modelName(p.model), `${p.width} × ${p.height}`, when(p)].filter(Boolean).join(' · ')}
      </p>
      <div class="row tools">
        <a class="button primary" data-key="e" href={href({ view: 'edit', id: p.id })}><Brush /> Edit</a>
        <button class="button" title="Give it along with the next prompt" onClick={() => (refer(p.id, picture(p.id)), say('Goes along with the next prompt'), go({ view: 'create' }))}>
          <Plus /> Reference
        </button>
        <button class="plain round" aria-label="Draw with the same words" title="Draw with the same words" onClick={() => (repeat(p), go({ view: 'create' }))}><Repeat /></button>
        <a class="plain round" href={picture(p.id, 'png')} download={`${p.id}.png`} aria-label="Download as PNG" title="Download as PNG"><Download /></a>
        <button class="plain round" aria-label="Copy the link to this page" title="Copy the link to this page" onClick={() => void copy(location.href, 'Link')}><Link /></button>
      </div>
    </header>
  )
}
