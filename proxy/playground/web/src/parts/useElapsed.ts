import { useEffect, useState } from 'preact/hooks'

/** useElapsed is how many seconds have gone since something began, counted while it runs. */
export function useElapsed(since: number, running: boolean): number {
  const [now, set] = useState(Date.now() / 1000)
  useEffect(() => {
    if (!running) return
    const timer = setInterval(() => set(Date.now() / 1000), 1000)
    return () => clearInterval(timer)
  }, [running])
  return Math.max(0, Math.round(now - since))
}
