import type { Ask } from '../api/ask'
import type { Problem } from '../api/http'
import { tr } from '../words'
import { change } from './draft'
import { asking } from './key'
import { go } from './route'
import { start } from './runs'

/** What one can do about an error. */
export interface Next {
  text: string
  act?: { label: string; do: () => void }
}

/** nextStep says what helps, and does it on a press. */
export function nextStep(p: Problem, again: Ask | null): Next | null {
  const repeat = again ? { label: tr('Try again'), do: () => start(again) } : undefined
  const words = again && typeof again.json?.prompt === 'string' && again.kind === 'draw' ? { label: tr('Change the words'), do: () => rewrite(again) } : undefined
  if (p.status === 401 || p.code === 'invalid_api_key') return { text: tr('Another key may help.'), act: { label: tr('Change the key'), do: () => (asking.value = { why: p.message, changing: true }) } }
  if (p.code === 'content_policy_violation' || p.code === 'moderation_blocked') return { text: tr('Other words may pass. Nothing was drawn.'), act: words }
  if (p.status === 0 && !p.code) return repeat ? { text: tr('The same press is safe to repeat.'), act: repeat } : null
  if (p.code === 'timeout') return { text: tr('The job goes on; its pictures appear in the gallery.'), act: { label: tr('Gallery'), do: () => go({ view: 'gallery' }) } }
  if (p.status === 429) return { text: tr('Wait a little, then try again.'), act: repeat }
  if (p.status === 404 || p.code === 'image_not_found') return { text: tr('It may have been deleted, or have expired.'), act: { label: tr('Gallery'), do: () => go({ view: 'gallery' }) } }
  if (p.param || p.status === 400) return { text: tr('Change what it names, and send it again.'), act: words }
  return repeat ? { text: tr('It may work the next time.'), act: repeat } : null
}

function rewrite(ask: Ask): void {
  change({ prompt: String(ask.json!.prompt) })
  go({ view: 'create' })
  setTimeout(() => document.getElementById('prompt')?.focus())
}
