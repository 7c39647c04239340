import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { picture } from '../api/base'
import type { Picture } from '../api/types'
import { deedName } from '../state/deeds'
import { remove } from '../state/deleting'
import { refer, remix } from '../state/draft'
import { favour } from '../state/favourites'
import { fileName } from '../state/filenames'
import { modelName } from '../state/models'
import { wordsOf } from '../state/pictures'
import { go } from '../state/route'
import { say } from '../state/ui'
import { tr } from '../words'
import { CopyMenu } from './CopyMenu'
import { Download, Heart, HeartFull, Plus, Repeat, Trash } from './icons'

/** Facts say what a picture is: its words, folded to two lines, and what one takes from it. */
export function Facts({ p }: { p: Picture }) {
  return (
    <header class="facts-head">
      <Prompt text={wordsOf(p) || tr('A picture without words')} />
      <p class="muted">
        {[p.action && deedName(p.action), p.model && p.model !== 'midjourney' && modelName(p.model), `${p.width} × ${p.height}`, when(p)].filter(Boolean).join(' · ')}
      </p>
      <div class="row tools">
        <button class="plain round" aria-label={tr('Favourite')} title={tr('Favourite (l)')} data-key="l" aria-pressed={!!p.favorite} onClick={() => void favour([p], !p.favorite)}>
          {p.favorite ? <HeartFull /> : <Heart />}
        </button>
        <a class="plain round" data-key="d" href={picture(p.id, 'png')} download={fileName(p)} aria-label={tr('Download as PNG')} title={tr('Download as PNG (d)')}><Download /></a>
        <CopyMenu p={p} />
        <button class="plain round" aria-label={tr('Give it along with the next prompt')} title={tr('Give it along with the next prompt')} onClick={() => (refer(p.id, picture(p.id)), say(tr('Goes along with the next prompt')), go({ view: 'create' }))}><Plus /></button>
        <button class="plain round" aria-label={tr('Delete')} title={tr('Delete')} onClick={() => (remove([p.id]), go({ view: 'gallery' }))}><Trash /></button>
        <button class="button remix" title={tr('The same words again, to be changed')} onClick={() => (remix(p), go({ view: 'create' }))}><Repeat /> {tr('Remix')}</button>
      </div>
    </header>
  )
}

/** Prompt is folded to two lines, with "more" where there is more. */
function Prompt({ text }: { text: string }) {
  const [open, setOpen] = useState(false)
  const [long, setLong] = useState(false)
  const box = useRef<HTMLHeadingElement>(null)
  useLayoutEffect(() => {
    const b = box.current
    if (b && !open) setLong(b.scrollHeight > b.clientHeight + 2)
  }, [text, open])
  return (
    <div class="prompt-box">
      <h1 class={open ? 'image-prompt' : 'image-prompt folded'} ref={box}>{text}</h1>
      {(long || open) && <button class="link" aria-expanded={open} onClick={() => setOpen(!open)}>{open ? tr('less') : tr('more')}</button>}
    </div>
  )
}

function when(p: Picture): string {
  return new Date(p.created * 1000).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' })
}
