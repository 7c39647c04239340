import { change } from '../state/draft'
import { go } from '../state/route'
import { tr } from '../words'

/** Texts are prompts that Midjourney suggests for a picture. */
export function Texts({ texts }: { texts: string[] }) {
  return (
    <ul class="texts">
      {texts.map((t) => (
        <li key={t}>
          <p>{t}</p>
          <button class="plain" onClick={() => (change({ prompt: t }), go({ view: 'create' }), scrollTo({ top: 0, behavior: 'smooth' }))}>{tr('Use')}</button>
        </li>
      ))}
    </ul>
  )
}
