import { useState } from 'preact/hooks'
import type { Picture } from '../api/types'
import { pressing } from '../state/deeds'
import { wordsOf } from '../state/pictures'
import { priceOf } from '../state/prices'
import { start } from '../state/runs'
import { Dialog } from './Dialog'
import { tr } from '../words'

/** CustomZoom asks how far to zoom out, and with which words. */
export function CustomZoom({ picture: p, onClose }: { picture: Picture; onClose: () => void }) {
  const [zoom, setZoom] = useState(1.8)
  const [prompt, setPrompt] = useState(wordsOf(p))
  const jobs = priceOf(p, 'zoom_custom')?.jobs ?? 1
  const priced = jobs > 1 ? ` · ${tr('{n} jobs', { n: jobs })}` : ''
  return (
    <Dialog title={tr('Custom Zoom')} onClose={onClose}>
      <form
        class="stack"
        onSubmit={(e) => {
          e.preventDefault()
          start(pressing(p, 'zoom_custom', { zoom, prompt }))
          onClose()
        }}
      >
        <label class="slider">
          <span>{tr('Zoom out')} <output>{zoom.toFixed(1)}×</output></span>
          <input autofocus type="range" min={1.1} max={2} step={0.1} value={zoom} onInput={(e) => setZoom(Number(e.currentTarget.value))} />
        </label>
        <label class="field">
          <span>{tr('What is around it')}</span>
          <input value={prompt} onInput={(e) => setPrompt(e.currentTarget.value)} />
        </label>
        <div class="row end"><button class="primary">{tr('Zoom out')}{priced}</button></div>
      </form>
    </Dialog>
  )
}
