import { useRef } from 'preact/hooks'

const long = 450

/** useLongPress are the handlers of something that does one thing when a finger rests on it, and another when it is tapped.
 * pressed says of a click whether a long press came before it. */
export function useLongPress(work: () => void): { pressed: () => boolean; on: Record<string, (e: never) => void> } {
  const timer = useRef(0)
  const done = useRef(false)
  const stop = () => clearTimeout(timer.current)
  return {
    pressed: () => done.current,
    on: {
      onPointerDown: (e: PointerEvent) => {
        done.current = false
        if (e.pointerType === 'touch') timer.current = window.setTimeout(() => ((done.current = true), work()), long)
      },
      onPointerUp: stop,
      onPointerCancel: stop,
      onContextMenu: (e: Event) => done.current && e.preventDefault(),
    },
  }
}
