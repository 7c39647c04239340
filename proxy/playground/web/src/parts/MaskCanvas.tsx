import { useLayoutEffect, useRef } from 'preact/hooks'
import { tr } from '../words'
import { type Deed, replay, segment } from '../state/mask'

interface Props {
  src: string
  width: number
  height: number
  deeds: Deed[]
  erase: boolean
  brush: number // per cent of the picture's longer side
  canvas: { current: HTMLCanvasElement | null }
  onDeed: (d: Deed) => void
}

/** MaskCanvas is a picture that can be painted on with a mouse, a pen or a finger. */
export function MaskCanvas(p: Props) {
  const ring = useRef<HTMLDivElement>(null)
  const stroke = useRef<Extract<Deed, { kind: 'stroke' }> | null>(null)
  useLayoutEffect(() => {
    if (p.canvas.current) replay(p.canvas.current, p.deeds)
  }, [p.deeds, p.width, p.height])
  const width = (p.brush / 100) * Math.max(p.width, p.height)

  const place = (e: PointerEvent): [number, number] => {
    const box = p.canvas.current!.getBoundingClientRect()
    return [((e.clientX - box.left) / box.width) * p.width, ((e.clientY - box.top) / box.height) * p.height]
  }
  const down = (e: PointerEvent) => {
    if (e.button !== 0 || !e.isPrimary) return
    e.preventDefault()
    p.canvas.current!.setPointerCapture(e.pointerId)
    stroke.current = { kind: 'stroke', erase: p.erase, width, points: [place(e)] }
    segment(p.canvas.current!.getContext('2d')!, stroke.current, 0)
  }
  const move = (e: PointerEvent) => {
    follow(ring.current, p.canvas.current, e, width / p.width)
    const s = stroke.current
    if (!s || !e.isPrimary) return
    const from = s.points.length - 1
    for (const c of e.getCoalescedEvents?.() ?? [e]) s.points.push(place(c))
    if (s.points.length - 1 > from) segment(p.canvas.current!.getContext('2d')!, s, from)
  }
  const up = () => {
    if (stroke.current) p.onDeed(stroke.current)
    stroke.current = null
  }
  return (
    <div class="canvas" style={{ aspectRatio: `${p.width} / ${p.height}`, '--ratio': p.width / p.height }}>
      <img src={p.src} alt={tr('The picture that is edited')} draggable={false} />
      <canvas
        ref={p.canvas}
        width={p.width}
        height={p.height}
        aria-label={tr('Paint over what should change')}
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={up}
        onPointerLeave={() => ring.current && (ring.current.hidden = true)}
      />
      <div class={p.erase ? 'ring erase' : 'ring'} ref={ring} hidden />
    </div>
  )
}

/** follow moves the brush's outline to the pointer. */
function follow(ring: HTMLDivElement | null, canvas: HTMLCanvasElement | null, e: PointerEvent, share: number): void {
  if (!ring || !canvas) return
  const box = canvas.getBoundingClientRect()
  const size = share * box.width
  ring.hidden = e.pointerType === 'touch'
  ring.style.width = ring.style.height = `${size}px`
  ring.style.transform = `translate(${e.clientX - box.left - size / 2}px, ${e.clientY - box.top - size / 2}px)`
}
