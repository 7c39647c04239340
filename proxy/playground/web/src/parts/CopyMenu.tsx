import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Picture } from '../api/types'
import { askOf, repeatable } from '../state/asks'
import { remixing } from '../state/draft'
import { wordsOf } from '../state/pictures'
import { runs } from '../state/runs'
import { code, copy } from '../state/ui'
import { tr } from '../words'
import { Copy } from './icons'

/** CopyMenu copies what a picture is: its words, its parameters, its link, and the request that draws it. */
export function CopyMenu({ p }: { p: Picture }) {
  const [shown, show] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (!shown) return
    const beside = (e: Event) => box.current?.contains(e.target as Node) || show(false)
    const esc = (e: KeyboardEvent) => e.key === 'Escape' && (e.stopPropagation(), show(false))
    addEventListener('pointerdown', beside)
    addEventListener('keydown', esc, true)
    return () => (removeEventListener('pointerdown', beside), removeEventListener('keydown', esc, true))
  }, [shown])
  const parameters = /--[a-z].*$/s.exec(p.revised_prompt ?? '')?.[0]
  const made = runs.value.find((r) => r.state.value.made.some((m) => m.id === p.id))
  const ask = made ? (made.ask ?? askOf(made.state.value.job?.id ?? '')) : null
  const items: [string, () => void][] = [
    [tr('Prompt'), () => void copy(wordsOf(p), tr('Prompt'))],
    ...(parameters ? [[tr('Parameters'), () => void copy(parameters, tr('Parameters'))] as [string, () => void]] : []),
    [tr('Link'), () => void copy(location.href, tr('Link'))],
    [tr('Show as code'), () => (code.value = repeatable(ask) ? ask : remixing(p))],
  ]
  return (
    <div class="menu" ref={box}>
      <button class="plain round" aria-label={tr('Copy')} title={tr('Copy')} aria-expanded={shown} onClick={() => show(!shown)}><Copy /></button>
      {shown && (
        <ul class="menu-list">
          {items.map(([name, work]) => <li key={name}><button class="plain" onClick={() => (show(false), work())}>{name}</button></li>)}
        </ul>
      )}
    </div>
  )
}
