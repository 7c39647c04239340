import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { picture } from '../api/base'
import { full, turn } from '../state/full'
import { known, wordsOf } from '../state/pictures'
import { tr } from '../words'
import { Close, Left, Minus, Plus, Right } from './icons'

const deepest = 8

/** Full is one picture on the whole screen: zoomed by wheel, keys, double click or two fingers, moved by dragging. */
export function Full() {
  const f = full.value
  return f ? <Screen key="full" ids={f.ids} at={f.at} /> : null
}

function Screen({ ids, at }: { ids: string[]; at: number }) {
  const id = ids[at]!
  const box = useRef<HTMLDialogElement>(null)
  const [view, setView] = useState({ scale: 1, x: 0, y: 0 })
  const held = useRef(new Map<number, { x: number; y: number }>())
  const begun = useRef({ x: 0, y: 0 })
  useLayoutEffect(() => (box.current?.showModal(), () => void (full.value = null)), [])
  useLayoutEffect(() => setView({ scale: 1, x: 0, y: 0 }), [id])
  const zoom = (by: number) => setView((v) => {
    const scale = Math.min(deepest, Math.max(1, v.scale * by))
    return scale === 1 ? { scale, x: 0, y: 0 } : { scale, x: (v.x * scale) / v.scale, y: (v.y * scale) / v.scale }
  })
  const move = (e: PointerEvent) => {
    const was = held.current.get(e.pointerId)
    if (!was) return
    const others = [...held.current].filter(([k]) => k !== e.pointerId).map(([, o]) => o)
    if (others[0]) zoom(Math.hypot(e.clientX - others[0].x, e.clientY - others[0].y) / Math.max(1, Math.hypot(was.x - others[0].x, was.y - others[0].y)))
    else if (view.scale > 1) setView((v) => ({ ...v, x: v.x + e.clientX - was.x, y: v.y + e.clientY - was.y }))
    held.current.set(e.pointerId, { x: e.clientX, y: e.clientY })
  }
  const up = (e: PointerEvent) => {
    held.current.delete(e.pointerId)
    const far = e.clientX - begun.current.x
    if (view.scale === 1 && held.current.size === 0 && Math.abs(far) > 60) turn(far > 0 ? -1 : 1)
  }
  const keys: Record<string, () => void> = { ArrowLeft: () => turn(-1), ArrowRight: () => turn(1), '+': () => zoom(1.5), '=': () => zoom(1.5), '-': () => zoom(1 / 1.5), '0': () => zoom(0), f: () => box.current?.close() }
  const p = known.value.get(id)
  return (
    <dialog class="full" ref={box} aria-label={tr('Full screen')} onClose={() => (full.value = null)}
      onKeyDown={(e) => keys[e.key] && (e.preventDefault(), keys[e.key]!())} onWheel={(e) => (e.preventDefault(), zoom(e.deltaY < 0 ? 1.2 : 1 / 1.2))}>
      <img src={picture(id)} alt={p ? wordsOf(p) : ''} draggable={false} style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` }}
        onDblClick={() => zoom(view.scale > 1 ? 0 : 2.5)}
        onPointerDown={(e) => (e.currentTarget.setPointerCapture(e.pointerId), (begun.current = { x: e.clientX, y: e.clientY }), held.current.set(e.pointerId, { x: e.clientX, y: e.clientY }))}
        onPointerMove={move} onPointerUp={up} onPointerCancel={(e) => held.current.delete(e.pointerId)} />
      <div class="full-tools">
        {ids.length > 1 && <span class="full-count">{at + 1} / {ids.length}</span>}
        <button class="plain round" aria-label={tr('Smaller')} disabled={view.scale === 1} onClick={() => zoom(1 / 1.5)}><Minus /></button>
        <button class="plain round" aria-label={tr('Larger')} onClick={() => zoom(1.5)}><Plus /></button>
        <button class="plain round" aria-label={tr('Close')} onClick={() => box.current?.close()}><Close /></button>
      </div>
      {at > 0 && <button class="plain round stage-left" aria-label={tr('Picture before')} onClick={() => turn(-1)}><Left /></button>}
      {at < ids.length - 1 && <button class="plain round stage-right" aria-label={tr('Next picture')} onClick={() => turn(1)}><Right /></button>}
    </dialog>
  )
}
