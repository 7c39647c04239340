import { useState } from 'preact/hooks'
import { curl } from '../code/curl'
import { node } from '../code/node'
import { python } from '../code/python'
import { code, copy } from '../state/ui'
import { Dialog } from './Dialog'
import { tr } from '../words'

const languages = [
  { name: 'curl', write: curl },
  { name: 'Python', write: python },
  { name: 'Node', write: node },
]

/** CodeDialog shows a request that was made here as code, to be copied. */
export function CodeDialog() {
  const [chosen, choose] = useState(0)
  const ask = code.value
  if (!ask) return null
  const text = languages[chosen]!.write(ask)
  return (
    <Dialog title={tr('The same, as code')} wide onClose={() => (code.value = null)}>
      <div class="segments" role="group" aria-label={tr('Language')}>
        {languages.map((l, i) => (
          <button key={l.name} aria-pressed={i === chosen} onClick={() => choose(i)}>
            {l.name}
          </button>
        ))}
      </div>
      <pre class="code" tabIndex={0}>{text}</pre>
      <div class="row end">
        <button class="primary" onClick={() => void copy(text, languages[chosen]!.name)}>
          {tr('Copy')}
        </button>
      </div>
    </Dialog>
  )
}
