import { tr } from '../words'
import { Problem } from '../api/http'
import type { Ask, Field } from '../api/ask'

/** What is edited: one of midgate's pictures, whose ID is its file's name, or one that the visitor brings. */
export interface Subject {
  id: string | null
  file: Blob
  name: string
  width: number
  height: number
}

/** editing is the request that repaints what the mask leaves transparent; without a mask the words decide. */
export function editing(s: Subject, prompt: string, mask: Blob | null, n: number): Ask {
  const form: Field[] = [{ name: 'image', file: s.file, as: s.name }]
  if (mask) form.push({ name: 'mask', file: mask, as: 'mask.png' })
  form.push({ name: 'prompt', text: prompt }, { name: 'n', text: String(n) }, { name: 'response_format', text: 'url' })
  return {
    path: 'v1/images/edits', title: prompt, kind: 'edit', expected: n, ratio: [s.width, s.height], form,
    ...(s.id ? { from: s.id } : {}),
  }
}

const maxSide = 4096

/** subjectOf makes a picture that the visitor brings ready: upright, of a size that is worth sending. */
export async function subjectOf(file: File): Promise<Subject> {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Problem(tr('The browser cannot read this file as a picture.'), 0)
  })
  const scale = Math.min(1, maxSide / Math.max(bitmap.width, bitmap.height))
  const width = Math.round(bitmap.width * scale)
  const height = Math.round(bitmap.height * scale)
  // Cameras turn JPEGs by a note that a mask's pixels know nothing of: those are drawn anew, as they are seen.
  if (scale === 1 && (file.type === 'image/png' || file.type === 'image/webp')) return { id: null, file, name: file.name, width, height }
  const canvas = new OffscreenCanvas(width, height)
  canvas.getContext('2d')!.drawImage(bitmap, 0, 0, width, height)
  return { id: null, file: await canvas.convertToBlob({ type: 'image/png' }), name: file.name.replace(/\.\w+$/, '') + '.png', width, height }
}
