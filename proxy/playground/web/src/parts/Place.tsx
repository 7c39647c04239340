import { picture } from '../api/base'
import { type Item, items, opened, titleOf } from '../state/browse'
import { href } from '../state/route'
import { held } from '../state/held'
import { selected, toggle } from '../state/selection'
import { tr } from '../words'
import { Film } from './Film'
import { Check, Play } from './icons'
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
  const open = (e: MouseEvent) => {
    if (rest.pressed()) return e.preventDefault()
    if (selected.value.size > 0 || e.shiftKey) return e.preventDefault(), pick(e.shiftKey)
    if (ids.length === 1 || e.ctrlKey || e.metaKey) return
    e.preventDefault()
    opened.value = new Set([...opened.value, i.key])
  }
  const size = width * devicePixelRatio
  return (
    <div class={chosen ? 'place chosen' : held.value === one!.id ? 'place held' : 'place'}>
      <a class={ids.length > 1 ? 'tile many' : 'tile'} href={href({ view: 'image', id: one!.id })} aria-label={ids.length > 1 ? tr('{n} pictures: {words}', { n: ids.length, words: title }) : title || tr('Picture')}
        onClick={open} {...rest.on}>
        {i.pictures.slice(0, 4).map((p) => <img key={p.id} src={picture(p.id, 'jpg', ids.length > 1 ? size / 2 : size)} alt="" decoding="async" />)}
        {ids.length === 1 && <span class="tile-text">{title}</span>}
      </a>
      <button class="tile-check" role="checkbox" aria-checked={chosen} aria-label={tr('Select: {words}', { words: title })} onClick={(e) => pick(e.shiftKey)}><Check /></button>
      {ids.length === 1 ? <TileTools p={one!} /> : <span class="tile-count" aria-hidden="true">{ids.length}</span>}
    </div>
  )
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
