import { useEffect, useRef, useState } from 'preact/hooks'
import { blends, change, draft, drawing, refer, write } from '../state/draft'
import { withModel, withRatio } from '../state/flags'
import { aliases, modelName, versions } from '../state/models'
import { start } from '../state/runs'
import { say } from '../state/ui'
import { tr } from '../words'
import { Advanced } from './Advanced'
import { Picture, Send, Sliders } from './icons'
import { Flags } from './Flags'
import { Ratios } from './Ratios'
import { References } from './References'
import { Stepper } from './Stepper'

/** Composer is where a picture begins: its words, its shape, and what else Midjourney is told. */
export function Composer() {
  const d = draft.value
  const [more, showMore] = useState(false)
  const set = Object.keys(d.advanced).length
  const text = useRef<HTMLTextAreaElement>(null)
  const draw = () => {
    if (!d.prompt.trim() && !blends(d)) return text.current?.focus()
    start(drawing(d))
    document.querySelector('.runs')?.scrollIntoView({ block: 'nearest', behavior: 'smooth' })
  }
  useEffect(() => fit(text.current), [d.prompt])
  return (
    <form
      class="composer"
      onSubmit={(e) => (e.preventDefault(), draw())}
      onDrop={(e) => (e.preventDefault(), e.stopPropagation(), void referFiles(e.dataTransfer?.files))}
      onPaste={(e) => void referFiles(e.clipboardData?.files)}
    >
      <References />
      <textarea
        ref={text}
        id="prompt"
        aria-label={tr('Prompt')}
        rows={1}
        placeholder={tr('Describe a picture')}
        value={d.prompt}
        onInput={(e) => write(e.currentTarget.value)}
        onKeyDown={(e) => e.key === 'Enter' && (e.ctrlKey || e.metaKey || !e.shiftKey) && !e.isComposing && (e.preventDefault(), draw())}
      />
      <Flags prompt={d.prompt} onTake={(p) => (write(p), text.current?.focus())} />
      <div class="composer-controls">
        <Ratios value={d.ratio} onChange={(ratio) => change({ ratio, prompt: withRatio(d.prompt, ratio) })} />
        <div class="composer-row">
          <label class="select">
            <span class="sr">{tr('Model')}</span>
            <select value={d.model} onChange={(e) => change({ model: e.currentTarget.value, prompt: withModel(d.prompt, e.currentTarget.value) })}>
              {!versions.value.includes(d.model) && !aliases.value.includes(d.model) && <option value={d.model}>{modelName(d.model)}</option>}
              {versions.value.map((m) => <option key={m} value={m}>{modelName(m)}</option>)}
              {aliases.value.length > 0 && (
                <optgroup label={tr('OpenAI’s names')}>
                  {aliases.value.map((m) => <option key={m} value={m}>{m}</option>)}
                </optgroup>
              )}
            </select>
          </label>
          <label class="select">
            <span class="sr">{tr('Speed')}</span>
            <select value={d.speed} onChange={(e) => change({ speed: e.currentTarget.value as typeof d.speed })}>
              <option value="">{tr('Usual speed')}</option>
              <option value="relax">{tr('Relax')}</option>
              <option value="fast">{tr('Fast')}</option>
              <option value="turbo">{tr('Turbo')}</option>
            </select>
          </label>
          <Stepper label={tr('Number of pictures')} value={d.n} min={1} max={10} onChange={(n) => change({ n })} />
          <AddPicture />
          <button type="button" class="plain round" aria-expanded={more} aria-controls="advanced" aria-label={set > 0 ? tr('More settings, {n} set', { n: set }) : tr('More settings')} title={tr('More settings')} onClick={() => showMore(!more)}>
            <Sliders />
            {set > 0 && <span class="count" aria-hidden="true">{set}</span>}
          </button>
          <button class="primary draw" title={tr('Draw (Enter)')}>
            <Send /> {blends(d) ? tr('Blend') : tr('Draw')}
          </button>
        </div>
      </div>
      {more && <Advanced />}
    </form>
  )
}

/** AddPicture brings a picture of the visitor's along with the prompt. */
function AddPicture() {
  return (
    <label class="plain round button" title={tr('Add a picture')}>
      <input type="file" class="sr" accept="image/png,image/jpeg,image/webp" multiple aria-label={tr('Add a picture')}
        onChange={(e) => (void referFiles(e.currentTarget.files), (e.currentTarget.value = ''))} />
      <Picture />
    </label>
  )
}

/** referFiles adds picture files to what is given along. */
export async function referFiles(files: FileList | null | undefined): Promise<void> {
  for (const file of files ?? []) {
    if (!file.type.startsWith('image/')) {
      say(tr('{name} is not a picture', { name: file.name }))
      continue
    }
    const url = await new Promise<string>((resolve, reject) => {
      const reader = new FileReader()
      reader.onload = () => resolve(reader.result as string)
      reader.onerror = () => reject(reader.error)
      reader.readAsDataURL(file)
    })
    refer(url, url)
  }
}

/** fit makes a text area as high as its text. */
function fit(area: HTMLTextAreaElement | null): void {
  if (!area) return
  area.style.height = 'auto'
  area.style.height = `${Math.min(area.scrollHeight, 260)}px`
}
