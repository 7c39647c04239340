import { signal } from '@preact/signals'
import { tr } from '../words'
import { putAway, takeOut } from './drawer'
import { go, route } from './route'
import { say } from './ui'

/** The picture that the visitor brought to be edited. */
export const brought = signal<File | null>(null)

/** bring takes a picture to the editor. What is no picture is said so, and what was there stays. */
export function bring(file: File | null | undefined): void {
  if (!file) return
  if (!file.type.startsWith('image/')) return say(tr('{name} is not a picture', { name: file.name }))
  brought.value = file
  void putAway('brought', file)
  if (route.value.view !== 'edit' || route.value.id) go({ view: 'edit', id: null })
}

/** receiveDrops opens the editor with a picture that is dropped on the page. */
export function receiveDrops(): void {
  addEventListener('dragover', (e) => e.preventDefault())
  addEventListener('drop', (e) => {
    e.preventDefault()
    const files = [...(e.dataTransfer?.files ?? [])]
    bring(files.find((f) => f.type.startsWith('image/')) ?? files[0])
  })
}

/** restoreBrought brings back the picture of the last visit. */
export async function restoreBrought(): Promise<void> {
  const kept = await takeOut<File>('brought')
  if (!brought.value && kept instanceof File) brought.value = kept
}
