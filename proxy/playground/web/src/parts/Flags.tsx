import { completing, explaining } from '../state/flags'
import { tr } from '../words'

/** Flags complete and explain the parameter that is being written. */
export function Flags({ prompt, onTake }: { prompt: string; onTake: (prompt: string) => void }) {
  const may = completing(prompt)
  const now = explaining(prompt)
  if (may.length === 0 && !now) return null
  const shown = now && may.length <= 1 ? [now] : may
  return (
    <ul class="flags" aria-label={tr('Parameters')}>
      {shown.map((f) => (
        <li key={f.names[0]}>
          <button type="button" class="chip" onClick={() => onTake(prompt.replace(/(?:--|—)[a-z]*$/i, `--${f.names[0]} `))} disabled={shown[0] === now}>
            <code>--{f.names[0]}</code> {tr(f.hint)} {f.range && <span class="muted">{tr(f.range)}</span>}
          </button>
        </li>
      ))}
    </ul>
  )
}
