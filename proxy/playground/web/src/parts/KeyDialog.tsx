import { useState } from 'preact/hooks'
import { asking, declineKey, giveKey, key } from '../state/key'
import { Dialog } from './Dialog'
import { tr } from '../words'

/** KeyDialog asks for the key that this midgate wants; it appears when a request was refused for want of one. */
export function KeyDialog() {
  const [text, setText] = useState(key.value)
  const question = asking.value
  if (!question) return null
  return (
    <Dialog title={tr('Your key')} onClose={() => asking.value && declineKey()}>
      <form
        class="stack"
        onSubmit={(e) => {
          e.preventDefault()
          giveKey(text.trim())
        }}
      >
        <p class="muted">{tr('midgate asks for a key. It stays in this browser and is sent to this server only.')}</p>
        {question.why && <p class="problem-line">{question.why}</p>}
        <label class="field">
          <span>{tr('Key')}</span>
          <input type="password" autocomplete="off" spellcheck={false} value={text} onInput={(e) => setText(e.currentTarget.value)} autofocus />
        </label>
        <div class="row end">
          {key.value && (
            <button type="button" class="plain" onClick={() => giveKey('')}>
              {tr('Forget the key')}
            </button>
          )}
          <button class="primary" disabled={!text.trim()}>
            {tr('Continue')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
