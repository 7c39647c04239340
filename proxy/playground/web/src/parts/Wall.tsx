import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { Item } from '../state/browse'
import { dayName, dayOf } from '../state/days'
import { comeBack } from '../state/route'
import { Place } from './Place'

const gap = 8
const head = 52

interface Row {
  top: number
  height: number
  title: string // of a day; empty for tiles
  places: Item[]
}

/** Wall shows any number of places by days: only what is in sight, and a little around it, is in the document. */
export function Wall({ items }: { items: Item[] }) {
  const box = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  const [seen, setSeen] = useState({ from: 0, to: 2000 })
  useLayoutEffect(() => {
    const b = box.current!
    const look = () => {
      const top = -b.getBoundingClientRect().top
      const step = 400 // the part that is shown changes in steps, not with every pixel
      const from = Math.floor((top - innerHeight) / step) * step
      const to = Math.ceil((top + 2 * innerHeight) / step) * step
      setSeen((s) => (s.from === from && s.to === to ? s : { from, to }))
    }
    const measure = new ResizeObserver(() => (setWidth(b.clientWidth), look()))
    measure.observe(b)
    addEventListener('scroll', look, { passive: true })
    return () => (measure.disconnect(), removeEventListener('scroll', look))
  }, [])
  useLayoutEffect(() => {
    if (width > 0) comeBack()
  }, [width > 0])
  const narrow = width < 640
  const columns = Math.max(2, Math.round(width / (narrow ? 130 : 220)))
  const side = Math.max(80, (width - gap * (columns - 1)) / columns)
  const { rows, height } = useMemo(() => layOut(items, columns, side), [items, columns, side])
  const shown = width === 0 ? [] : between(rows, seen.from, seen.to)
  return (
    <div class="days" ref={box} style={{ height: `${height}px` }}>
      {shown.map((r) => r.title
        ? <h2 key={`day ${r.title}`} class="day" style={{ transform: `translateY(${r.top}px)` }}>{r.title}</h2>
        : (
          <div key={r.places[0]!.key} class="day-row" style={{ transform: `translateY(${r.top}px)`, height: `${side}px`, gridTemplateColumns: `repeat(${columns}, ${side}px)` }}>
            {r.places.map((i) => <Place key={i.key} item={i} width={side} />)}
          </div>
        ))}
    </div>
  )
}

/** layOut says where each row of tiles is, and each day's title. */
function layOut(items: Item[], columns: number, side: number): { rows: Row[]; height: number } {
  const rows: Row[] = []
  let top = 0
  let day = -1
  let row: Row | null = null
  for (const i of items) {
    const d = dayOf(i.created)
    if (d !== day) {
      rows.push({ top, height: head, title: dayName(i.created), places: [] })
      top += head
      day = d
      row = null
    }
    if (!row || row.places.length === columns) {
      row = { top, height: side + gap, title: '', places: [] }
      rows.push(row)
      top += side + gap
    }
    row.places.push(i)
  }
  return { rows, height: top }
}

/** between are the rows that are at least in part between two heights. */
function between(rows: Row[], from: number, to: number): Row[] {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (rows[middle]!.top + rows[middle]!.height < from) low = middle + 1
    else high = middle
  }
  let end = low
  while (end < rows.length && rows[end]!.top < to) end++
  return rows.slice(low, end)
}
