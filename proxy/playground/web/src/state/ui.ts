import { signal } from '@preact/signals'
import type { Ask } from '../api/ask'
import { tr } from '../words'

/** The drawer that shows what requests became. */
export const hood = signal(false)

/** The request whose code is shown. */
export const code = signal<Ask | null>(null)

/** Whether the page of shortcuts is shown. */
export const help = signal(false)

/** What was said last at the bottom of the page, e.g. "Copied". */
export const notice = signal<{ text: string; at: number; action?: Action } | null>(null)

/** What can be done about what was said. */
export interface Action {
  label: string
  do: () => void
  lasts: number // ms
}

/** say shows a short notice for a while. */
export function say(text: string, action?: Action): void {
  const at = performance.now()
  notice.value = { text, at, action }
  setTimeout(() => notice.value?.at === at && (notice.value = null), action?.lasts ?? 2600)
}

/** copy puts a text on the clipboard, also where the page is not served securely. */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    const area = document.createElement('textarea')
    area.value = text
    document.body.append(area)
    area.select()
    document.execCommand('copy')
    area.remove()
  }
  say(tr('{what} copied', { what }))
}
