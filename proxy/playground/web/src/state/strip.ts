import { computed } from '@preact/signals'
import type { Picture, Video } from '../api/types'
import { type Branch, historyOf } from './lineage'
import { known } from './pictures'
import { route } from './route'
import { ended, type Run, runs } from './runs'

/** The film strip under a picture: what it came from, what was made with it, and what came of it. */
export interface Strip {
  parent: Picture | null
  own: Picture[]
  children: Branch[]
  films: Video[]
  running: Run[]
  ids: string[] // all pictures, in the order in which they are shown
}

/** strip is the one of the picture that is shown. */
export const strip = computed<Strip>(() => {
  const id = route.value.view === 'image' ? route.value.id : ''
  const p = known.value.get(id)
  const history = p ? historyOf(id, known.value) : null
  const branch = history && find(history, id)
  const parent = (p?.parent && known.value.get(p.parent)) || null
  const own = branch?.pictures.some((o) => o.id === id) ? branch.pictures : p ? [p] : []
  const children = branch?.branches ?? []
  const films = branch?.films ?? []
  const running = runs.value.filter((r) => r.ask?.from === id && !ended(r.state.value.status))
  const ids = [...(parent ? [parent] : []), ...own, ...children.flatMap((c) => c.pictures)].map((o) => o.id)
  return { parent, own, children, films, running, ids: [...new Set(ids)] }
})

function find(b: Branch, id: string): Branch | null {
  if (b.pictures.some((p) => p.id === id)) return b
  for (const c of b.branches) {
    const found = find(c, id)
    if (found) return found
  }
  return null
}
