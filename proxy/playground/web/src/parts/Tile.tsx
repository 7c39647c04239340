import { picture } from '../api/base'
import { held } from '../state/held'
import { known } from '../state/pictures'
import { href } from '../state/route'
import { TileTools } from './TileTools'
import { useLongPress } from './useLongPress'

interface Props {
  id: string
  label: string
  ratio: string
  style?: Record<string, string | number>
  text?: string
}

/** Tile is one picture of a list, with its tools: beside the pointer, or for a finger that rests on it. */
export function Tile({ id, label, ratio, style, text }: Props) {
  const rest = useLongPress(() => (held.value = id))
  const p = known.value.get(id)
  return (
    <li class={held.value === id ? 'place held' : 'place'} style={style}>
      <a class="tile" href={href({ view: 'image', id })} aria-label={label} style={{ aspectRatio: ratio }} onClick={(e) => rest.pressed() && e.preventDefault()} {...rest.on}>
        <img src={picture(id, 'jpg', 640)} alt="" loading="lazy" decoding="async" />
        {text && <span class="tile-text">{text}</span>}
      </a>
      {p && <TileTools p={p} />}
    </li>
  )
}
