import { useEffect, useRef, useState } from 'preact/hooks'
import { check, health, mood } from '../state/health'
import { tr } from '../words'

const words = { unknown: 'Asking…', ready: 'Ready', unready: 'Not ready', trouble: 'Upstream does not answer', offline: 'Unreachable' }

/** spoken is what midgate says of its upstreams, in the visitor's language. */
function spoken(said: string): string {
  return said.replace(/(did not answer|answered) (\w+) ago|was not asked yet/g, (_, how, time) => (!how ? tr('was not asked yet') : how === 'answered' ? tr('answered {time} ago', { time }) : tr('did not answer {time} ago', { time })))
}

/** HealthBadge says how midgate is, and on a click what it says about itself and its upstream. */
export function HealthBadge() {
  const [shown, show] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!shown) return
    const beside = (e: Event) => box.current?.contains(e.target as Node) || show(false)
    const esc = (e: KeyboardEvent) => e.key === 'Escape' && (e.stopPropagation(), show(false))
    addEventListener('pointerdown', beside)
    addEventListener('keydown', esc, true)
    return () => (removeEventListener('pointerdown', beside), removeEventListener('keydown', esc, true))
  }, [shown])
  const h = health.value
  return (
    <div class="health" ref={box}>
      <button class="plain pill" aria-label={`midgate: ${tr(words[mood.value])}`} aria-expanded={shown} onClick={() => (show(!shown), void check())}>
        <span class={`dot ${mood.value}`} />
        <span class="health-word">{tr(words[mood.value])}</span>
      </button>
      {shown && (
        <div class="pop" role="status">
          <dl class="facts">
            <dt>midgate</dt>
            <dd>{h.alive ? tr('is running') : tr('does not answer')}</dd>
            <dt>{tr('New jobs')}</dt>
            <dd>{h.ready ? tr('are taken') : h.reason || tr('are not taken')}</dd>
            <dt>{tr('Upstream')}</dt>
            <dd>{spoken(h.upstream) || (h.ready ? tr('no trouble known') : tr('not known'))}</dd>
            <dt>{tr('Asked')}</dt>
            <dd>{h.asked?.toLocaleTimeString() ?? tr('not yet')}</dd>
          </dl>
        </div>
      )}
    </div>
  )
}
