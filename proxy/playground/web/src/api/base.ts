/** Where midgate's root is, as this page sees it. The page never uses an absolute path of its own, so a reverse proxy
 * may put it below any. */
let root = guess(location.pathname)

/** guess takes the page's own folder away: midgate serves the page at its root and at playground/. */
function guess(path: string): string {
  const folder = path.replace(/[^/]*$/, '')
  if (/\/playground$/.test(path)) return folder
  return folder.replace(/playground\/$/, '')
}

/** locate corrects the guess where a reverse proxy serves midgate's root under a path that happens to end in playground/. */
export async function locate(): Promise<void> {
  const folder = location.pathname.replace(/[^/]*$/, '')
  if (folder === root) return
  try {
    const answer = await fetch(root + 'healthz')
    if (answer.ok && (await answer.json()).status) return
    root = folder
  } catch {
    root = folder
  }
}

/** at is the address of something that midgate serves, e.g. at('v1/images'). */
export function at(path: string): string {
  return root + path
}

/** absolute is the same for use outside this page, in copied commands. */
export function absolute(path: string): string {
  return new URL(root + path, location.href).href
}

/** picture is where a picture's bytes are. The URLs of answers are not used: they may name a host that only other
 * programs are meant to use. JPEG is a tenth of the PNG that downloads get. */
export function picture(id: string, type: 'jpg' | 'png' = 'jpg', width = 0): string {
  const fit = width && [160, 320, 640, 1280].find((w) => w >= width) // those that midgate makes
  return at(`images/${id}.${type}${fit ? `?width=${fit}` : ''}`)
}

/** film is where a video's bytes are; what they are, the server says. */
export function film(id: string, type: 'mp4' | 'webp' = 'mp4'): string {
  return at(`videos/${id}.${type}`)
}
