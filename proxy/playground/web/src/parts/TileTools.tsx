import { picture } from '../api/base'
import type { Picture } from '../api/types'
import { deedName, pressing } from '../state/deeds'
import { favour } from '../state/favourites'
import { fileName } from '../state/filenames'
import { priceOf } from '../state/prices'
import { go, href } from '../state/route'
import { start } from '../state/runs'
import { say } from '../state/ui'
import { tr } from '../words'
import { Brush, Download, Heart, HeartFull, Play, Up, Vary } from './icons'

const deeds = [
  { among: ['vary', 'vary_subtle', 'vary_strong'], icon: Vary },
  { among: ['upscale_subtle', 'upscale', 'upscale_creative'], icon: Up },
  { among: ['animate_low', 'animate_high'], icon: Play },
]

/** TileTools are what can be done with a picture without opening it; seen while the pointer or the focus is on its tile. */
export function TileTools({ p }: { p: Picture }) {
  const press = (action: string) => {
    start(pressing(p, action))
    say(tr('Begun: {what}', { what: deedName(action) }), { label: tr('Show'), do: () => go({ view: 'create' }), lasts: 4000 })
  }
  return (
    <div class="tile-tools">
      {deeds.map((d) => {
        const action = d.among.find((a) => priceOf(p, a))
        if (!action) return null
        const jobs = priceOf(p, action)!.jobs
        const name = `${deedName(action)}${jobs > 1 ? ` · ${tr('{n} jobs', { n: jobs })}` : ''}`
        return <button key={action} class="plain round tiny" aria-label={name} title={name} onClick={() => press(action)}><d.icon />{jobs > 1 && <span class="count" aria-hidden="true">{jobs}</span>}</button>
      })}
      <a class="plain round tiny button" href={href({ view: 'edit', id: p.id })} aria-label={tr('Edit')} title={tr('Edit')}><Brush /></a>
      <a class="plain round tiny button" href={picture(p.id, 'png')} download={fileName(p)} aria-label={tr('Download as PNG')} title={tr('Download as PNG')}><Download /></a>
      <button class="plain round tiny" aria-label={tr('Favourite')} title={tr('Favourite')} aria-pressed={!!p.favorite} onClick={() => void favour([p], !p.favorite)}>{p.favorite ? <HeartFull /> : <Heart />}</button>
    </div>
  )
}
