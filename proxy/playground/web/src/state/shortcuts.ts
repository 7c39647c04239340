import { go, route } from './route'
import { switchTheme } from './theme'
import { help, hood } from './ui'

/** listenForKeys makes the page usable without a mouse. Letters count while nobody writes. */
export function listenForKeys(): void {
  addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented) return
    const writing = e.target instanceof HTMLElement && e.target.closest('input, textarea, select, [contenteditable]')
    if (e.key === 'Escape') return leave(e.target as HTMLElement)
    if (writing || document.querySelector('dialog[open]')) return
    const link = document.querySelector<HTMLElement>(`[data-key="${e.key}"]`)
    if (link && !(e.target instanceof HTMLElement && e.target.closest('video'))) return link.click()
    press(e)
  })
}

function press(e: KeyboardEvent): void {
  switch (e.key) {
    case '/':
      e.preventDefault()
      if (route.value.view === 'gallery') return document.getElementById('search')?.focus()
      if (route.value.view !== 'create') go({ view: 'create' })
      return void setTimeout(() => document.getElementById('prompt')?.focus())
    case 'g':
      return go({ view: 'gallery' })
    case 'c':
      return go({ view: 'create' })
    case 's':
      return go({ view: 'usage' })
    case 'u':
      hood.value = !hood.value
      return
    case 't':
      return switchTheme()
    case '?':
      help.value = true
  }
}

/** leave closes what is on top; the browser closes dialogs by itself. */
function leave(at: HTMLElement): void {
  if (document.querySelector('dialog[open]')) return
  if (hood.value) return void (hood.value = false)
  if (at.closest?.('input, textarea, select')) return at.blur()
  const back = document.querySelector<HTMLElement>('[data-key="Escape"]')
  if (back) return back.click()
  if (route.value.view === 'image' || route.value.view === 'video') go({ view: 'gallery' })
}
