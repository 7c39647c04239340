import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { picture } from '../api/base'
import type { Picture } from '../api/types'
import { showFull } from '../state/full'
import { gallery, known, wordsOf } from '../state/pictures'
import { go, href } from '../state/route'
import { strip } from '../state/strip'
import { tr } from '../words'
import { Close, Expand, Left, Right } from './icons'
import { StageNotes } from './StageNotes'

/** Stage shows a picture as large as there is room. Held, it shows what it was made from; swiped, the next one. */
export function Stage({ p }: { p: Picture }) {
  const s = strip.value
  const { before, after } = neighbours(p, s.ids)
  const parent = p.parent ? known.value.get(p.parent) : undefined
  const [comparing, compare] = useHeld('p', !!parent)
  const from = useRef<{ x: number; y: number; timer: number } | null>(null)
  const down = (e: PointerEvent) => {
    if (e.button !== 0) return
    from.current = { x: e.clientX, y: e.clientY, timer: parent ? window.setTimeout(() => compare(true), 260) : 0 }
  }
  /** Whoever moves wants to swipe, however slowly it began. */
  const move = (e: PointerEvent) => from.current && !comparing && Math.abs(e.clientX - from.current.x) > 12 && clearTimeout(from.current.timer)
  const up = (e: PointerEvent) => {
    const f = from.current
    from.current = null
    clearTimeout(f?.timer)
    if (comparing) return compare(false)
    const far = f ? e.clientX - f.x : 0
    if (!f || e.type !== 'pointerup') return
    if (far > 60 && before) return go({ view: 'image', id: before })
    if (far < -60 && after) return go({ view: 'image', id: after })
  }
  const ratio = (p.width || 1) / (p.height || 1)
  return (
    <div class="stage">
      <div class="stage-picture frame" style={{ '--ratio': ratio, aspectRatio: String(ratio) }} onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerCancel={up} onDblClick={() => showFull(s.ids, p.id)}>
        <img src={picture(p.id)} alt={wordsOf(p)} draggable={false} />
        {parent && <img class="stage-parent" src={picture(parent.id)} alt="" hidden={!comparing} draggable={false} />}
      </div>
      {comparing && <span class="stage-word">{tr('Before')}</span>}
      <div class="stage-tools">
        {parent && (
          <button class="plain pill" aria-pressed={comparing} title={tr('Hold to see what it was made from (p)')} onPointerDown={() => compare(true)} onPointerUp={() => compare(false)} onPointerLeave={() => compare(false)}
            onKeyDown={(e) => (e.key === ' ' || e.key === 'Enter') && compare(true)} onKeyUp={() => compare(false)} onBlur={() => compare(false)}>
            {tr('Compare')}
          </button>
        )}
        <button class="plain round" data-key="f" aria-label={tr('Full screen')} title={tr('Full screen (f)')} onClick={() => showFull(s.ids, p.id)}><Expand /></button>
        <a class="plain round" href={href({ view: 'gallery' })} aria-label={tr('Back to the gallery')}><Close /></a>
      </div>
      {before && <a class="plain round stage-left" data-key="ArrowLeft" href={href({ view: 'image', id: before })} aria-label={tr('Picture before')}><Left /></a>}
      {after && <a class="plain round stage-right" data-key="ArrowRight" href={href({ view: 'image', id: after })} aria-label={tr('Next picture')}><Right /></a>}
      <StageNotes id={p.id} />
    </div>
  )
}

/** neighbours are those in the film strip, and at its ends the next ones of the gallery. */
function neighbours(p: Picture, ids: string[]): { before?: string; after?: string } {
  const at = ids.indexOf(p.id)
  const all = gallery.value.map((o) => o.id)
  const here = all.indexOf(p.id)
  const newer = here > 0 ? all.slice(0, here).findLast((id) => !ids.includes(id)) : undefined
  const older = here >= 0 ? all.slice(here + 1).find((id) => !ids.includes(id)) : undefined
  return { before: ids[at - 1] ?? newer, after: ids[at + 1] ?? older }
}

/** useHeld is true while a key is held, while nobody writes. */
function useHeld(key: string, able: boolean): [boolean, (on: boolean) => void] {
  const [held, set] = useState(false)
  useLayoutEffect(() => {
    if (!able) return
    const down = (e: KeyboardEvent) => {
      if (e.key === key && !e.ctrlKey && !e.metaKey && !(e.target as HTMLElement).closest?.('input, textarea, select, dialog')) set(true)
    }
    const up = (e: KeyboardEvent) => e.key === key && set(false)
    addEventListener('keydown', down)
    addEventListener('keyup', up)
    return () => (removeEventListener('keydown', down), removeEventListener('keyup', up), set(false))
  }, [key, able])
  return [held && able, set]
}
