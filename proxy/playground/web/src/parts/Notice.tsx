import { notice } from '../state/ui'

/** Notice is a short word at the bottom of the page. */
export function Notice() {
  return (
    <div class="notice" role="status" aria-live="polite">
      {notice.value && <span key={notice.value.at}>{notice.value.text}</span>}
    </div>
  )
}
