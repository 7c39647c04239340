import { useEffect, useRef, useState } from 'preact/hooks'
import { problemOf, type Problem } from '../api/http'
import { Filters } from '../parts/Filters'
import { ProblemNote } from '../parts/ProblemNote'
import { SelectionBar } from '../parts/SelectionBar'
import { Wall } from '../parts/Wall'
import { chosen, filter, filtered, films, items, more, reading, showEverything } from '../state/browse'
import { listed, refreshPictures } from '../state/pictures'
import { href } from '../state/route'
import { clearSelection } from '../state/selection'
import { refreshVideos } from '../state/videos'
import { tr } from '../words'

/** Gallery shows everything that this key's requests made, by days and jobs, newest first. */
export function Gallery() {
  const [problem, setProblem] = useState<Problem | null>(null)
  const end = useRef<HTMLDivElement>(null)
  useEffect(() => {
    void refreshPictures()
    void refreshVideos()
    return clearSelection
  }, [])
  useEffect(() => {
    // As long as the end is near, the next page is read. After each page this is asked anew, and now and then: not only
    // scrolling moves the end.
    if (!reading.value.more) return
    const look = () => {
      if (end.current && end.current.getBoundingClientRect().top < innerHeight + 2500) more().catch((e) => setProblem(problemOf(e)))
    }
    look()
    const timer = setInterval(look, 500)
    addEventListener('scroll', look, { passive: true })
    return () => (clearInterval(timer), removeEventListener('scroll', look))
  }, [reading.value, filter.value])
  const r = reading.value
  const all = items.value
  const nothing = all.length === 0 && !r.loading && (!r.more || filter.value.only === 'videos')
  return (
    <main tabIndex={-1} class="gallery">
      <div class="section-head">
        <h1>{tr('Gallery')}</h1>
        <p class="muted" role="status">{counted(chosen.value.length, r.more, films.value.length)}</p>
      </div>
      <Filters />
      {problem && <ProblemNote problem={problem} />}
      <Wall items={all} />
      {nothing && listed.value.asked && (
        <div class="nothing">
          {filtered.value ? (
            <>
              <p>{tr('Nothing is like that.')}</p>
              <button onClick={showEverything}>{tr('Show everything')}</button>
            </>
          ) : (
            <>
              <p>{tr('Nothing here yet.')}</p>
              <a class="button primary" href={href({ view: 'create' })}>{tr('Draw the first picture')}</a>
            </>
          )}
        </div>
      )}
      <div ref={end} class="gallery-end">{r.loading && <span class="muted">{tr('Loading…')}</span>}</div>
      <SelectionBar />
    </main>
  )
}

/** counted says how many there are; one of something is no "1 videos". */
function counted(pictures: number, more: boolean, films: number): string {
  const words = []
  if (pictures > 0) words.push(pictures === 1 && !more ? tr('1 picture') : tr('{n} pictures', { n: `${pictures}${more ? '+' : ''}` }))
  if (films > 0) words.push(films === 1 ? tr('1 video') : tr('{n} videos', { n: films }))
  return words.join(', ')
}
