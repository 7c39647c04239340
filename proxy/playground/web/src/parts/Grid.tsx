import { picture } from '../api/base'
import type { Picture } from '../api/types'
import { wordsOf } from '../state/pictures'
import { TileTools } from './TileTools'
import { href } from '../state/route'

/** Grid shows pictures in rows of equal height, each with its own ratio. */
export function Grid({ pictures }: { pictures: Picture[] }) {
  return (
    <ul class="wall">
      {pictures.map((p) => {
        const ratio = p.width && p.height ? p.width / p.height : 1
        return (
          <li key={p.id} class="place" style={{ flexGrow: ratio, flexBasis: `calc(${ratio} * var(--wall))` }}>
            <a class="tile" href={href({ view: 'image', id: p.id })} aria-label={wordsOf(p) || 'Picture'} style={{ aspectRatio: String(ratio) }}>
              <img src={picture(p.id, 'jpg', 640)} alt="" loading="lazy" decoding="async" />
              <span class="tile-text">{wordsOf(p)}</span>
            </a>
            <TileTools p={p} />
          </li>
        )
      })}
      <li class="wall-end" aria-hidden="true" />
    </ul>
  )
}
