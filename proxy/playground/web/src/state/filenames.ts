import type { Picture } from '../api/types'
import { wordsOf } from './pictures'

/** fileName names a picture's file for its words, and for the picture: two of one prompt are two files. */
export function fileName(p: Picture, type = 'png'): string {
  return `${named(wordsOf(p) || 'picture')}-${p.id.slice(-4).toLowerCase()}.${type}`
}

/** named makes words fit for a file's name, in any script. */
export function named(words: string): string {
  return words.normalize('NFC').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '').slice(0, 60).replace(/-+$/, '') || 'picture'
}
