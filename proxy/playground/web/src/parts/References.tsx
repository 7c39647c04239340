import { change, draft, type Role } from '../state/draft'
import { Close } from './icons'
import { tr } from '../words'

const roles: { role: Role; label: string }[] = [
  { role: 'reference_images', label: 'Picture' },
  { role: 'style_reference', label: 'Style' },
  { role: 'character_reference', label: 'Character' },
  { role: 'omni_reference', label: 'Omni' },
]

/** References are the pictures that go along with the prompt, each with what it is for. */
export function References() {
  const all = draft.value.references
  if (all.length === 0) return null
  return (
    <ul class="references">
      {all.map((r, i) => (
        <li key={r.value}>
          <img src={r.shown} alt={tr('Picture {n} that goes along', { n: i + 1 })} />
          <label class="select small">
            <span class="sr">{tr('What picture {n} is for', { n: i + 1 })}</span>
            <select value={r.role} onChange={(e) => change({ references: all.with(i, { ...r, role: e.currentTarget.value as Role }) })}>
              {roles.map((o) => <option key={o.role} value={o.role}>{tr(o.label)}</option>)}
            </select>
          </label>
          <button type="button" class="plain round tiny" aria-label={tr('Leave picture {n} out', { n: i + 1 })} onClick={() => change({ references: all.toSpliced(i, 1) })}>
            <Close />
          </button>
        </li>
      ))}
    </ul>
  )
}
