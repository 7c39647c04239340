import { help } from '../state/ui'
import { tr } from '../words'
import { Dialog } from './Dialog'

const keys: [string, string][] = [
  ['/', 'Write a prompt, or search'],
  ['Enter', 'Draw, or repaint'],
  ['g', 'Gallery'],
  ['c', 'Create'],
  ['s', 'Usage'],
  ['u', 'Under the hood'],
  ['t', 'Light or dark'],
  ['← →', 'Picture before, next picture'],
  ['e', 'Edit the picture shown'],
  ['f', 'Full screen'],
  ['p', 'Hold to compare'],
  ['l', 'Favourite'],
  ['d', 'Download'],
  ['+  -', 'Zoom in full screen'],
  ['Shift Click', 'Select up to here'],
  ['b  x', 'Brush and eraser'],
  ['[  ]', 'Smaller and larger brush'],
  ['Ctrl Z', 'Undo a stroke'],
  ['Esc', 'Close, or back'],
]

/** HelpDialog lists the shortcuts. */
export function HelpDialog() {
  if (!help.value) return null
  return (
    <Dialog title={tr('Keyboard')} onClose={() => (help.value = false)}>
      <dl class="keys">
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>{key.split(' ').filter(Boolean).map((k) => <kbd key={k}>{k}</kbd>)}</dt>
            <dd>{tr(what)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
