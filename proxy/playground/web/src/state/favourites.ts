import { problemOf, send } from '../api/http'
import type { Picture } from '../api/types'
import { learn } from './pictures'
import { say } from './ui'

/** favour marks pictures as favourites, or takes that back. It is shown at once, and taken back if it was refused. */
export async function favour(pictures: Picture[], favorite: boolean): Promise<void> {
  learn(pictures.map((p) => ({ ...p, favorite })))
  try {
    await Promise.all(pictures.map((p) => send(`v1/images/${p.id}`, { method: 'POST', json: { favorite } })))
  } catch (e) {
    learn(pictures)
    say(problemOf(e).message)
  }
}
