import type { ComponentChildren } from 'preact'
import { picture } from '../api/base'
import type { Picture } from '../api/types'
import { type Item, items, open, titleOf } from '../state/browse'
import { href } from '../state/route'
import { held } from '../state/held'
import { selected, toggle } from '../state/selection'
import { tr } from '../words'
import { Film } from './Film'
import { Check, Fold, Play } from './icons'
import { TileTools } from './TileTools'
import { useLongPress } from './useLongPress'

/** Place is one tile of the gallery: a picture, a video, or the pictures of one job, which open into single ones. */
export function Place({ item: i, width }: { item: Item; width: number }) {
  const title = titleOf(i)
  const ids = i.pictures.map((p) => p.id)
  const [one] = i.pictures
  const chosen = ids.every((id) => selected.value.has(id))
  const pick = (range: boolean) => toggle(ids, range, items.value.flatMap((o) => o.pictures.map((p) => p.id)))
  const rest = useLongPress(() => (ids.length > 1 || selected.value.size > 0 ? pick(false) : (held.value = one!.id)))
  if (i.film) return <FilmPlace item={i} title={title} />
  const click = (e: MouseEvent) => {
    if (rest.pressed()) return e.preventDefault()
    if (selected.value.size > 0 || e.shiftKey) return e.preventDefault(), pick(e.shiftKey)
    if (ids.length === 1 || e.ctrlKey || e.metaKey) return
    e.preventDefault()
    widen(one!, true)
  }
  const size = width * devicePixelRatio
  return (
    <div class={chosen ? 'place chosen' : held.value === one!.id ? 'place held' : 'place'}>
      <a class={ids.length > 1 ? 'tile many' : 'tile'} href={href({ view: 'image', id: one!.id })} aria-label={ids.length > 1 ? tr('{n} pictures: {words}', { n: ids.length, words: title }) : title || tr('Picture')}
        onClick={click} {...rest.on}>
        {i.pictures.slice(0, 4).map((p) => <img key={p.id} src={picture(p.id, 'jpg', ids.length > 1 ? size / 2 : size)} alt="" decoding="async" />)}
        {ids.length === 1 && <span class="tile-text">{title}</span>}
      </a>
      <button class="tile-check" role="checkbox" aria-checked={chosen} aria-label={tr('Select: {words}', { words: title })} onClick={(e) => pick(e.shiftKey)}><Check /></button>
      {ids.length === 1 ? <TileTools p={one!} /> : <Corner does={tr('Open the {n} pictures', { n: ids.length })} onClick={() => widen(one!, true)}>{ids.length}</Corner>}
      {i.fellows.length > 1 && <Corner does={tr('Fold the {n} pictures', { n: i.fellows.length })} onClick={() => widen(one!, false)}><Fold /></Corner>}
    </div>
  )
}

/** Corner is a tile's button that opens a job's pictures, also while others are selected, or folds them again. */
function Corner({ does, onClick, children }: { does: string; onClick: () => void; children: ComponentChildren }) {
  return <button class="tile-count" aria-label={does} title={does} onClick={onClick}>{children}</button>
}

/** widen opens or folds a job's pictures; the focus stays with the first of them. */
function widen(first: Picture, wide: boolean): void {
  open(first, wide)
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`.days a.tile[href="${href({ view: 'image', id: first.id })}"]`)?.focus({ preventScroll: true }))
}

function FilmPlace({ item: i, title }: { item: Item; title: string }) {
  return (
    <div class="place">
      <a class="tile" href={href({ view: 'video', id: i.film!.id })} aria-label={tr('Video: {words}', { words: title })}>
        <Film id={i.film!.id} quiet />
        <span class="tile-play"><Play /></span>
      </a>
    </div>
  )
}
