import { help } from '../state/ui'
import { Dialog } from './Dialog'

const keys: [string, string][] = [
  ['/', 'Write a prompt'],
  ['Ctrl Enter', 'Draw, or repaint'],
  ['g', 'Gallery'],
  ['c', 'Create'],
  ['u', 'Under the hood'],
  ['t', 'Light or dark'],
  ['← →', 'Newer and older picture'],
  ['e', 'Edit the picture shown'],
  ['b  x', 'Brush and eraser'],
  ['[  ]', 'Smaller and larger brush'],
  ['Ctrl Z', 'Undo a stroke'],
  ['Esc', 'Close, or back'],
]

/** HelpDialog lists the shortcuts. */
export function HelpDialog() {
  if (!help.value) return null
  return (
    <Dialog title="Keyboard" onClose={() => (help.value = false)}>
      <dl class="keys">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>{key.split(' ').filter(Boolean).map((k) => <kbd key={k}>{k}</kbd>)}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
