import type { Picture } from '../api/types'
import { wordsOf } from '../state/pictures'
import { tr } from '../words'
import { Tile } from './Tile'

/** Grid shows pictures in rows of equal height, each with its own ratio. */
export function Grid({ pictures }: { pictures: Picture[] }) {
  return (
    <ul class="wall">
      {pictures.map((p) => {
        const ratio = p.width && p.height ? p.width / p.height : 1
        const words = wordsOf(p)
        return <Tile key={p.id} id={p.id} label={words || tr('Picture')} ratio={String(ratio)} text={words} style={{ flexGrow: ratio, flexBasis: `calc(${ratio} * var(--wall))` }} />
      })}
      <li class="wall-end" aria-hidden="true" />
    </ul>
  )
}
