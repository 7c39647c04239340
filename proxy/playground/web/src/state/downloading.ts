import { picture } from '../api/base'
import type { Picture } from '../api/types'
import { tr } from '../words'
import { fileName } from './filenames'
import { say } from './ui'
import { zip } from './zip'

/** download saves pictures: one as it is, several in an archive that the browser makes. */
export async function download(pictures: Picture[]): Promise<void> {
  const [first] = pictures
  if (!first) return
  if (pictures.length === 1) return save(picture(first.id, 'png'), fileName(first))
  say(tr('Packing {n} pictures…', { n: pictures.length }))
  const entries = []
  for (const p of pictures) {
    const bytes = await fetch(picture(p.id, 'png')).then((a) => (a.ok ? a.arrayBuffer() : null)).catch(() => null)
    if (bytes) entries.push({ name: fileName(p), data: new Uint8Array(bytes), made: new Date(p.created * 1000) })
  }
  if (entries.length < pictures.length) say(tr('{n} pictures could not be read', { n: pictures.length - entries.length }))
  if (entries.length === 0) return
  const url = URL.createObjectURL(zip(entries))
  save(url, `midgate-${entries.length}.zip`)
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

function save(url: string, name: string): void {
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
}
