import { signal } from '@preact/signals'

/** What the page shows, by its address after the #: every picture and video has a link of its own. */
export type Route =
  | { view: 'create' }
  | { view: 'gallery' }
  | { view: 'usage' }
  | { view: 'image'; id: string }
  | { view: 'video'; id: string }
  | { view: 'edit'; id: string | null } // null: a picture that the visitor brings
  | { view: 'lost' } // an address that means nothing

export const route = signal<Route>(parse(location.hash))

/** How far the gallery was scrolled when a picture of it was opened. */
let left = 0

/** follow keeps the route in step with the address. Links within the page are followed here: the browser would tell of the
 * new address a moment later, and who presses on meanwhile would press what is no longer meant. */
export function follow(): void {
  history.scrollRestoration = 'manual' // views begin at their top, but for the gallery
  addEventListener('hashchange', arrive)
  document.addEventListener('click', (e) => {
    const link = e.target instanceof Element && e.target.closest<HTMLAnchorElement>('a[href^="#"]')
    if (!link || e.defaultPrevented || e.button !== 0 || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return
    e.preventDefault()
    open(link.hash)
  })
}

function open(hash: string): void {
  location.hash = hash
  arrive()
}

let shown = location.hash

/** arrive shows what the address names, once. */
function arrive(): void {
  if (location.hash === shown) return
  shown = location.hash
  const from = route.value.view
  if (from === 'gallery') left = scrollY
  else if (from === 'create' || from === 'usage') left = 0
  route.value = parse(shown)
  scrollTo(0, 0)
  requestAnimationFrame(() => {
    // Whoever reads by ear or goes by Tab continues at the new page, not at the top of the document.
    if (document.activeElement === document.body) document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true })
  })
}

/** comeBack scrolls the gallery to where it was left, for whoever comes back from a picture of it. */
export function comeBack(): void {
  scrollTo(0, left)
}

/** href is the link to a route. */
export function href(r: Route): string {
  switch (r.view) {
    case 'create':
    case 'lost':
      return '#/'
    case 'gallery':
      return '#/gallery'
    case 'usage':
      return '#/usage'
    case 'edit':
      return r.id ? `#/edit/${r.id}` : '#/edit'
    default:
      return `#/${r.view}/${r.id}`
  }
}

/** go opens a route. */
export function go(r: Route): void {
  open(href(r))
}

function parse(hash: string): Route {
  const [, view, id] = hash.split('/')
  if (view === 'gallery' || view === 'usage') return { view }
  if (view === 'edit' && (!id || isID(id))) return { view, id: id || null }
  if ((view === 'image' || view === 'video') && id && isID(id)) return { view, id }
  return view ? { view: 'lost' } : { view: 'create' }
}

function isID(text: string): boolean {
  return /^(img|video)_[A-Za-z0-9]{26}$/.test(text)
}
