import { useEffect } from 'preact/hooks'
import { Composer } from '../parts/Composer'
import { Grid } from '../parts/Grid'
import { Brush } from '../parts/icons'
import { RunCard } from '../parts/RunCard'
import { change } from '../state/draft'
import { gallery, listed, refreshPictures } from '../state/pictures'
import { href } from '../state/route'
import { runs } from '../state/runs'
import { tr } from '../words'

const ideas = [
  'A red fox asleep in fresh snow, first light',
  'A lighthouse above a violet sea, long exposure',
  'Brutalist greenhouse full of orchids, morning haze',
  'Paper-cut city at night, layered and lit from within',
]

/** Create is where pictures are asked for, and where those of this visit appear. */
export function Create() {
  useEffect(() => void refreshPictures(), [])
  const fresh = runs.value.length === 0
  const here = new Set(runs.value.flatMap((r) => r.state.value.made.map((m) => m.id)))
  const recent = gallery.value.filter((p) => !here.has(p.id)).slice(0, 12)
  return (
    <main tabIndex={-1} class={fresh ? 'create fresh' : 'create'}>
      <section class="hero">
        <h1 class={fresh ? '' : 'sr'}>{tr('What should it look like?')}</h1>
        <Composer />
        {fresh && (
          <ul class="ideas">
            {ideas.map((english) => tr(english)).map((idea) => (
              <li key={idea}>
                <button class="chip" onClick={() => (change({ prompt: idea }), document.getElementById('prompt')?.focus())}>{idea}</button>
              </li>
            ))}
            <li><a class="chip strong" href={href({ view: 'edit', id: null })}><Brush /> {tr('Edit a picture of yours')}</a></li>
          </ul>
        )}
      </section>
      <section class="runs" aria-label={tr('This visit')}>
        {runs.value.map((run) => <RunCard key={run.key} run={run} />)}
      </section>
      {recent.length > 0 && (
        <section class="recent" aria-labelledby="recent">
          <div class="section-head">
            <h2 id="recent">{fresh ? tr('Recent') : tr('Earlier')}</h2>
            <a href={href({ view: 'gallery' })}>{listed.value.ids.length > recent.length ? tr('All pictures') : tr('Gallery')}</a>
          </div>
          <Grid pictures={recent} />
        </section>
      )}
    </main>
  )
}
