/** When the visitor last pressed something, in ms of the browser's clock: what comes of it may run much later. */
let pressed = 0

/** What was begun last, and by which press. */
let last = { what: '', at: -Infinity }

/** How long after a press another one is no wish of its own: of the same thing, and of any other, which may only have come
 * under the pointer because the first one moved the page. */
const same = 1000
const other = 400

/** listenForPresses notes presses, and takes the repeats of an Enter that is held away: one press begins one thing. */
export function listenForPresses(): void {
  const note = (e: Event) => (pressed = e.timeStamp)
  addEventListener('keydown', (e) => {
    if (!e.repeat) return note(e)
    if (e.key !== 'Enter' || (e.shiftKey && e.target instanceof HTMLTextAreaElement)) return
    e.preventDefault()
    e.stopPropagation()
  }, { capture: true })
  addEventListener('pointerdown', note, { capture: true })
  addEventListener('click', note, { capture: true })
}

/** pressedAnew says whether something that costs a job is begun by a press of its own. Hurried ones count as one, however
 * many they are. */
export function pressedAnew(what: string): boolean {
  const since = pressed - last.at
  if (since < (what === last.what ? same : other)) {
    if (what === last.what) last.at = pressed
    return false
  }
  last = { what, at: pressed }
  return true
}
