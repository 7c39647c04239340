import { signal } from '@preact/signals'
import { keep, recall } from './storage'

export type Theme = 'auto' | 'light' | 'dark'

/** The chosen theme; auto follows the system. */
export const theme = signal<Theme>('auto')

/** restoreTheme applies the choice of the last visit. */
export function restoreTheme(): void {
  const kept = recall('theme')
  apply(kept === 'light' || kept === 'dark' ? kept : 'auto')
}

/** switchTheme goes to the one that is not shown now. */
export function switchTheme(): void {
  const next = shownDark() ? 'light' : 'dark'
  apply(next)
  keep('theme', next)
}

/** shownDark says what the visitor sees at the moment. */
export function shownDark(): boolean {
  return theme.value === 'dark' || (theme.value === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
}

function apply(t: Theme): void {
  theme.value = t
  document.documentElement.dataset.theme = t
}
