import { useLayoutEffect, useRef } from 'preact/hooks'
import { wordsOf, known } from '../state/pictures'
import { held } from '../state/held'
import { route } from '../state/route'
import { toggle } from '../state/selection'
import { tr } from '../words'
import { Check, Close } from './icons'
import { TileTools } from './TileTools'

/** HeldTools are the tools of the picture that a finger rested on, at the screen's lower edge; a press elsewhere ends them. */
export function HeldTools() {
  const box = useRef<HTMLDivElement>(null)
  const p = known.value.get(held.value)
  useLayoutEffect(() => {
    if (!p) return
    const beside = (e: Event) => box.current?.contains(e.target as Node) || (held.value = '')
    addEventListener('pointerdown', beside)
    return () => removeEventListener('pointerdown', beside)
  }, [p])
  useLayoutEffect(() => void (held.value = ''), [route.value])
  if (!p) return null
  return (
    <div class="selection held-tools" ref={box} role="toolbar" aria-label={tr('What can be done with it')}>
      <p class="held-words">{wordsOf(p)}</p>
      <TileTools p={p} />
      {route.value.view === 'gallery' && <button class="plain round" aria-label={tr('Select')} title={tr('Select')} onClick={() => (toggle([p.id], false, []), (held.value = ''))}><Check /></button>}
      <button class="plain round" data-key="Escape" aria-label={tr('Close')} onClick={() => (held.value = '')}><Close /></button>
    </div>
  )
}
