import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { Picture } from '../api/types'
import { deedName, describing, pressing, spoken, takesWords, unnamed } from '../state/deeds'
import { wordsOf } from '../state/pictures'
import { priceOf } from '../state/prices'
import { go, href } from '../state/route'
import { start } from '../state/runs'
import { tr } from '../words'
import { CustomZoom } from './CustomZoom'
import { Frame } from './Frame'
import { Brush } from './icons'
import { useKept } from './useKept'

/** Deeds are what can be done with a picture, always in the same places: Edit, Vary, Upscale, Zoom and pan, Animate. What
 * Midjourney does not offer for it is greyed, so that nothing moves from one picture to the next. */
export function Deeds({ picture: p }: { picture: Picture }) {
  const [prompt, setPrompt] = useKept(`deeds ${p.id}`)
  const [zooming, setZooming] = useState(false)
  const press = (action: string) => {
    if (action === 'vary_region') return go({ view: 'edit', id: p.id })
    if (action === 'zoom_custom') return setZooming(true)
    start(pressing(p, action, takesWords(action) ? { prompt } : {}))
  }
  const button = (action: string, label: string) => <Deed key={action} p={p} action={action} onPress={press}>{label}</Deed>
  const dear = [...p.actions, ...(p.likely_actions ?? [])].some((a) => (priceOf(p, a)?.jobs ?? 0) > 1)
  return (
    <section class="deeds" aria-label={tr('What can be done with it')}>
      <div class="deed-first">
        <a class="button primary" data-key="e" href={href({ view: 'edit', id: p.id })}><Brush /> {tr('Edit')}</a>
        <span class="muted">{tr('Paint over what should change')}</span>
        {(priceOf(p, 'vary_region')?.jobs ?? 1) > 1 && <span class="price">{tr('{n} jobs', { n: 2 })}</span>}
      </div>
      <Group title={tr('Vary')}>
        {priceOf(p, 'vary') && button('vary', tr('Variations'))}
        {button('vary_subtle', tr('Subtle'))}
        {button('vary_strong', tr('Strong'))}
      </Group>
      <Group title={tr('Upscale')}>
        {priceOf(p, 'upscale') && button('upscale', tr('Upscale'))}
        {button('upscale_subtle', tr('Subtle'))}
        {button('upscale_creative', tr('Creative'))}
      </Group>
      <Group title={tr('Zoom and pan')}>
        <Frame p={p} onPress={press} />
      </Group>
      <Group title={tr('Animate')}>
        {button('animate_low', tr('Low motion'))}
        {button('animate_high', tr('High motion'))}
      </Group>
      <Group title={tr('More')}>
        {button('reroll', tr('Reroll'))}
        <button class="deed" onClick={() => start(describing(p))}>{tr('Describe')}</button>
        {unnamed(p).map((b) => (
          <button key={b.custom_id} class="deed" onClick={() => start(pressing(p, b.label || b.emoji, { custom_id: b.custom_id }))}>
            {b.emoji && <span class="mark">{b.emoji}</span>}
            {b.label}
          </button>
        ))}
      </Group>
      <label class="field">
        <span>{tr('Other words for the next step')} <span class="muted">{tr('(optional)')}</span></span>
        <input value={prompt} placeholder={wordsOf(p)} onInput={(e) => setPrompt(e.currentTarget.value)} />
      </label>
      <p class="muted deed-note">
        {dear ? tr('2 jobs: the picture is first taken out of its grid, which Midjourney counts. A dashed button is likely, and certain only then.') : tr('Each press is one job.')}
      </p>
      {zooming && <CustomZoom picture={p} onClose={() => setZooming(false)} />}
    </section>
  )
}

function Group({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <div class="deed-group" role="group" aria-label={title}>
      <h3>{title}</h3>
      <div class="deed-buttons">{children}</div>
    </div>
  )
}

/** Deed is one button, with its price where it is more than one job. */
export function Deed(props: { p: Picture; action: string; onPress: (action: string) => void; class?: string; children: ComponentChildren }) {
  const { p, action } = props
  const price = priceOf(p, action)
  const jobs = price && price.jobs > 1 ? tr('{n} jobs', { n: price.jobs }) : ''
  const name = `${spoken(action)}${jobs && ` ${jobs}`}${price && !price.certain ? `, ${tr('likely')}` : ''}`
  return (
    <button class={`deed ${props.class ?? ''} ${price && !price.certain ? 'likely' : ''}`} data-action={action} disabled={!price} aria-label={name} title={price ? `${deedName(action)}${jobs && ` · ${jobs}`}` : tr('Midjourney does not offer this here')} onClick={() => props.onPress(action)}>
      {props.children}
      {jobs && <> <span class="price">{jobs}</span></>}
    </button>
  )
}
