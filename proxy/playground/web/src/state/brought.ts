import { signal } from '@preact/signals'
import { go } from './route'

/** The picture that the visitor brought to be edited. */
export const brought = signal<File | null>(null)

/** receiveDrops opens the editor with a picture that is dropped on the page. */
export function receiveDrops(): void {
  addEventListener('dragover', (e) => e.preventDefault())
  addEventListener('drop', (e) => {
    e.preventDefault()
    const file = [...(e.dataTransfer?.files ?? [])].find((f) => f.type.startsWith('image/'))
    if (!file) return
    brought.value = file
    go({ view: 'edit', id: null })
  })
}
