import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The files and folders that the built page is made of, from this one. */
const parts = ['index.html', 'package-lock.json', 'package.json', 'sources.ts', 'src', 'tsconfig.json', 'vite.config.ts']

/** fingerprint is the SHA-256 of all of them: of each, in the order of its path, the path, a zero, the bytes, a zero.
 * A Go test computes the same, and so sees sources that were changed without a build. */
export function fingerprint(folder: string): string {
  const sum = createHash('sha256')
  for (const path of parts.flatMap((part) => files(folder, part)).sort()) {
    sum.update(path + '\0').update(readFileSync(join(folder, path))).update('\0')
  }
  return sum.digest('hex')
}

function files(folder: string, path: string): string[] {
  try {
    return readdirSync(join(folder, path)).flatMap((name) => files(folder, `${path}/${name}`))
  } catch {
    return [path] // a file
  }
}
