import { useLayoutEffect, useRef } from 'preact/hooks'
import { picture } from '../api/base'
import type { Picture } from '../api/types'
import { deedName } from '../state/deeds'
import { href } from '../state/route'
import { cancel, canStop, type Run } from '../state/runs'
import { strip } from '../state/strip'
import { tr } from '../words'
import { Play, Stop } from './icons'
import { useSmooth } from './useSmooth'

/** Strip is the row under a picture: what it came from, its fellows, and what came of it, also while that is made. */
export function Strip({ id }: { id: string }) {
  const s = strip.value
  const row = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const [all, one] = [row.current?.getBoundingClientRect(), row.current?.querySelector('[aria-current]')?.getBoundingClientRect()]
    if (all && one) row.current!.scrollLeft += Math.min(0, one.left - all.left) + Math.max(0, one.right - all.right) // the page stays where it is
  }, [id, s.own.length])
  return (
    <nav class="strip" ref={row} aria-label={tr('Pictures of this story')}>
      {s.running.map((run) => <Waiting key={run.key} run={run} />)}
      {s.parent && <Group name={tr('From')} pictures={[s.parent]} id={id} />}
      <Group name={s.own[0]?.action ? deedName(s.own[0].action) : tr('Beginning')} pictures={s.own} id={id} own />
      {s.children.map((c) => (
        <Group key={c.key} name={c.action ? deedName(c.action) : ''} pictures={c.pictures} id={id} />
      ))}
      {s.films.map((v) => (
        <div class="strip-group" key={v.id}>
          <span class="strip-name">{tr('Video')}</span>
          <div class="strip-row"><a class="thumb film" href={href({ view: 'video', id: v.id })} aria-label={tr('Video')}><Play /></a></div>
        </div>
      ))}
    </nav>
  )
}

function Group({ name, pictures, id, own }: { name: string; pictures: Picture[]; id: string; own?: boolean }) {
  if (pictures.length === 0) return null
  return (
    <div class={own ? 'strip-group own' : 'strip-group'}>
      <span class="strip-name">{name}</span>
      <div class="strip-row">
        {pictures.map((p, i) => (
          <a key={p.id} class="thumb" href={href({ view: 'image', id: p.id })} aria-current={p.id === id ? 'true' : undefined} aria-label={`${name}, ${tr('picture {n}', { n: i + 1 })}`}>
            <img src={picture(p.id, 'jpg', 160)} alt="" decoding="async" />
          </a>
        ))}
      </div>
    </div>
  )
}

/** Waiting is a run that was begun with the picture: its places, which fill as it goes on. */
function Waiting({ run }: { run: Run }) {
  const s = run.state.value
  const percent = useSmooth(s)
  const n = run.ask?.expected ?? 1
  return (
    <div class="strip-group run" aria-busy="true">
      <span class="strip-name" role="status">{run.ask?.title} · {s.status === 'queued' ? tr('waiting') : `${percent} %`}</span>
      <div class="strip-row">
        {Array.from({ length: n }, (_, i) => (
          <span key={i} class="thumb waiting">{s.partial && <img class={n > 1 ? `quarter q${(i % 4) + 1}` : ''} src={s.partial} alt="" onError={(e) => (e.currentTarget.hidden = true)} />}</span>
        ))}
        {canStop(s) && <button class="plain round tiny" aria-label={tr('Stop')} onClick={() => void cancel(run)}><Stop /></button>}
      </div>
    </div>
  )
}
