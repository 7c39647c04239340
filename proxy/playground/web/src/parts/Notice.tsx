import { notice } from '../state/ui'

/** Notice is a short word at the bottom of the page. */
export function Notice() {
  const n = notice.value
  return (
    <div class="notice" role="status" aria-live="polite">
      {n && (
        <span key={n.at}>
          {n.text}
          {n.action && <button onClick={() => (n.action!.do(), (notice.value = null))}>{n.action.label}</button>}
        </span>
      )}
    </div>
  )
}
