import { problemOf, send } from '../api/http'
import type { Picture } from '../api/types'
import { learn, marks } from './pictures'
import { say } from './ui'

/** How long a list that was asked for before a press may still be on its way. */
const stale = 10_000

/** favour marks pictures as favourites, or takes that back. It is shown at once, and taken back if it was refused. */
export async function favour(pictures: Picture[], favorite: boolean): Promise<void> {
  const pressed = { favorite }
  for (const p of pictures) marks.set(p.id, pressed)
  learn(pictures)
  const over = () => pictures.forEach((p) => marks.get(p.id) === pressed && marks.delete(p.id))
  try {
    await Promise.all(pictures.map((p) => send(`v1/images/${p.id}`, { method: 'POST', json: { favorite } })))
    setTimeout(over, stale)
  } catch (e) {
    over()
    learn(pictures)
    say(problemOf(e).message)
  }
}
