import { picture } from '../api/base'
import { deedName } from '../state/deeds'
import { type Branch, size } from '../state/lineage'
import { href } from '../state/route'
import { Play } from './icons'
import { tr } from '../words'

/** Tree shows what came from what, from the beginning down. */
export function Tree({ root, current }: { root: Branch; current: string }) {
  return (
    <section class="tree" aria-label={tr('History')}>
      <h3>{tr('History')}{size(root) > 1 && <span class="muted"> · {tr('{n} steps', { n: size(root) })}</span>}</h3>
      <ul>
        <Node branch={root} current={current} />
      </ul>
    </section>
  )
}

function Node({ branch: b, current }: { branch: Branch; current: string }) {
  return (
    <li class="node">
      <p class="node-name">{b.action ? deedName(b.action) : tr('Beginning')}</p>
      <ul class="node-pictures">
        {b.pictures.map((p, i) => (
          <li key={p.id}>
            <a
              class="thumb"
              href={href({ view: 'image', id: p.id })}
              aria-current={p.id === current ? 'true' : undefined}
              aria-label={`${b.action ? deedName(b.action) : tr('Beginning')}, ${tr('picture {n}', { n: i + 1 })}`}
            >
              <img src={picture(p.id, 'jpg', 160)} alt="" loading="lazy" decoding="async" />
            </a>
          </li>
        ))}
      </ul>
      {b.branches.length + b.films.length > 0 && (
        <ul class="node-branches">
          {b.branches.map((c) => <Node key={c.key} branch={c} current={current} />)}
          {b.films.map((v) => (
            <li class="node" key={v.id}>
              <p class="node-name">{tr('Video')}</p>
              <a class="thumb film" href={href({ view: 'video', id: v.id })} aria-label={tr('Video')}><Play /></a>
            </li>
          ))}
        </ul>
      )}
    </li>
  )
}
