import { useEffect, useState } from 'preact/hooks'
import { ended, type State } from '../state/runs'

/** useSmooth is a job's progress, which moves on between the upstream's reports: towards the next one, never past it, and
 * never back. */
export function useSmooth(s: State): number {
  const told = s.job?.progress ?? 0
  const [shown, show] = useState(told)
  const running = s.status === 'in_progress'
  useEffect(() => {
    if (!running) return
    const timer = setInterval(() => show((was) => (was < told ? Math.min(told, was + Math.max(1, (told - was) / 4)) : Math.max(was, Math.min(told + 12, 97, was + 0.35)))), 300)
    return () => clearInterval(timer)
  }, [running, told])
  return Math.round(ended(s.status) ? told : Math.max(shown, 0))
}
