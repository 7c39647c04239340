import { change, changeAdvanced, draft, type Advanced as Values } from '../state/draft'
import { tr } from '../words'

const sliders: { name: 'stylize' | 'chaos' | 'weird'; label: string; max: number; usual: number; step: number; hint: string }[] = [
  { name: 'stylize', label: 'Stylize', max: 1000, usual: 100, step: 10, hint: 'How much of Midjourney’s own taste' },
  { name: 'chaos', label: 'Chaos', max: 100, usual: 0, step: 1, hint: 'How different the four pictures are' },
  { name: 'weird', label: 'Weird', max: 3000, usual: 0, step: 50, hint: 'How unusual' },
]

const switches: { name: 'raw' | 'tile' | 'draft'; label: string; hint: string }[] = [
  { name: 'raw', label: 'Raw', hint: 'Closer to the words' },
  { name: 'tile', label: 'Tile', hint: 'A pattern without seams' },
  { name: 'draft', label: 'Draft', hint: 'Quick and cheap' },
]

/** Advanced are Midjourney's own parameters. What is left as it is is not sent. */
export function Advanced() {
  const a = draft.value.advanced
  return (
    <div class="advanced" id="advanced">
      {sliders.map((s) => (
        <label key={s.name} class="slider" title={tr(s.hint)}>
          <span>{tr(s.label)} <output class={a[s.name] === undefined ? 'muted' : ''}>{a[s.name] ?? tr('usual')}</output></span>
          <input type="range" min={0} max={s.max} step={s.step} value={a[s.name] ?? s.usual}
            onInput={(e) => changeAdvanced({ [s.name]: Number(e.currentTarget.value) })}
            onDblClick={() => changeAdvanced({ [s.name]: undefined })} />
        </label>
      ))}
      <label class="field">
        <span>{tr('Leave out')}</span>
        <input value={a.no ?? ''} placeholder={tr('text, people')} onInput={(e) => changeAdvanced({ no: e.currentTarget.value })} />
      </label>
      <label class="field">
        <span>{tr('Seed')}</span>
        <input inputMode="numeric" pattern="[0-9]*" value={a.seed ?? ''} placeholder={tr('any')} onInput={(e) => changeAdvanced({ seed: whole(e.currentTarget.value) })} />
      </label>
      <label class="field">
        <span>{tr('Quality')}</span>
        <span class="select"><select value={draft.value.quality} onChange={(e) => change({ quality: e.currentTarget.value as '' | 'low' | 'high' })}>
          <option value="">{tr('Usual')}</option>
          <option value="low">{tr('Low')}</option>
          <option value="high">{tr('High')}</option>
        </select></span>
      </label>
      <div class="switches">
        {switches.map((s) => (
          <label key={s.name} class="switch" title={tr(s.hint)}>
            <input type="checkbox" checked={a[s.name] ?? false} onChange={(e) => changeAdvanced({ [s.name]: e.currentTarget.checked })} />
            <span>{tr(s.label)}</span>
          </label>
        ))}
        {Object.keys(a).length > 0 && (
          <button type="button" class="plain" onClick={() => change({ advanced: {} as Values })}>{tr('Reset')}</button>
        )}
      </div>
    </div>
  )
}

function whole(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined
}
