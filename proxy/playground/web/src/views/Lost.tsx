import { href } from '../state/route'
import { tr } from '../words'

/** Lost is what an address shows that means nothing, or that was cut on its way. */
export function Lost() {
  return (
    <main tabIndex={-1} class="lost">
      <div class="nothing">
        <h1>{tr('There is nothing at this address')}</h1>
        <p>{tr('The link may be cut off, or mistyped.')}</p>
        <div class="row">
          <a class="button primary" href={href({ view: 'gallery' })}>{tr('Gallery')}</a>
          <a class="button" href={href({ view: 'create' })}>{tr('Draw something')}</a>
        </div>
      </div>
    </main>
  )
}
