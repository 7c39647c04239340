import { useState } from 'preact/hooks'
import type { Picture } from '../api/types'
import { deedName, describing, groups, pressing, unnamed } from '../state/deeds'
import { wordsOf } from '../state/pictures'
import { go } from '../state/route'
import { start } from '../state/runs'
import { CustomZoom } from './CustomZoom'

/** Deeds are the buttons of a picture: exactly what Midjourney offers for it now. */
export function Deeds({ picture: p }: { picture: Picture }) {
  const [prompt, setPrompt] = useState('')
  const [zooming, setZooming] = useState(false)
  const offered = new Set([...p.actions, ...(p.likely_actions ?? [])])
  const press = (action: string) => {
    if (action === 'vary_region') return go({ view: 'edit', id: p.id })
    if (action === 'zoom_custom') return setZooming(true)
    start(pressing(p, action, { prompt }))
  }
  return (
    <section class="deeds" aria-label="What can be done with it">
      {groups.map((g) => {
        const shown = g.buttons.filter((b) => offered.has(b.action))
        if (shown.length === 0) return null
        return (
          <div class="deed-group" role="group" aria-label={g.title} key={g.title}>
            <h3>{g.title}</h3>
            <div class="deed-buttons">
              {shown.map((b) => (
                <button key={b.action} class={b.mark ? 'deed bare' : 'deed'} data-action={b.action} aria-label={spoken(b.action)} title={deedName(b.action)} onClick={() => press(b.action)}>
                  {b.mark ? <span class="mark" aria-hidden="true">{b.mark}</span> : b.label}
                </button>
              ))}
            </div>
          </div>
        )
      })}
      <More p={p} />
      {zooming && <CustomZoom picture={p} onClose={() => setZooming(false)} />}
      <label class="field">
        <span>Other words for the next step <span class="muted">(optional)</span></span>
        <input value={prompt} placeholder={wordsOf(p)} onInput={(e) => setPrompt(e.currentTarget.value)} />
      </label>
    </section>
  )
}

/** spoken is an action's name without its brackets, so that it has the words that are seen. */
function spoken(action: string): string {
  return deedName(action).replace(/[()]/g, '')
}

/** More are the buttons without a name of midgate's, and what midgate does beside the buttons. */
function More({ p }: { p: Picture }) {
  return (
    <div class="deed-group" role="group" aria-label="More">
      <h3>More</h3>
      <div class="deed-buttons">
        <button class="deed" onClick={() => start(describing(p))}>Describe</button>
        {unnamed(p).map((b) => (
          <button key={b.custom_id} class="deed" onClick={() => start(pressing(p, b.label || b.emoji, { custom_id: b.custom_id }))}>
            {b.emoji && <span class="mark">{b.emoji}</span>}
            {b.label}
          </button>
        ))}
      </div>
    </div>
  )
}
