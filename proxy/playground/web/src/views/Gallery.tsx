import { useEffect, useRef, useState } from 'preact/hooks'
import { problemOf, type Problem } from '../api/http'
import { Film } from '../parts/Film'
import { Grid } from '../parts/Grid'
import { Play } from '../parts/icons'
import { ProblemNote } from '../parts/ProblemNote'
import { ratioOf } from '../state/deeds'
import { gallery, listed, morePictures, refreshPictures } from '../state/pictures'
import { href } from '../state/route'
import { refreshVideos, videos } from '../state/videos'

/** Gallery shows everything that this key's requests made, newest first. */
export function Gallery() {
  const [problem, setProblem] = useState<Problem | null>(null)
  const end = useRef<HTMLDivElement>(null)
  useEffect(() => {
    void refreshPictures()
    void refreshVideos()
  }, [])
  useEffect(() => {
    const watcher = new IntersectionObserver((seen) => {
      if (seen.some((s) => s.isIntersecting)) morePictures().catch((e) => setProblem(problemOf(e)))
    }, { rootMargin: '600px' })
    if (end.current) watcher.observe(end.current)
    return () => watcher.disconnect()
  }, [listed.value.ids.length])
  const all = gallery.value
  const done = (videos.value ?? []).filter((v) => v.status === 'completed')
  return (
    <main tabIndex={-1} class="gallery">
      <div class="section-head">
        <h1>Gallery</h1>
        {all.length > 0 && <p class="muted">{all.length}{listed.value.more ? '+' : ''} pictures{done.length > 0 && `, ${done.length} videos`}</p>}
      </div>
      {problem && <ProblemNote problem={problem} />}
      {done.length > 0 && (
        <section aria-labelledby="videos">
          <h2 id="videos" class="section-title">Videos</h2>
          <ul class="films">
            {done.map((v) => (
              <li key={v.id}>
                <a class="tile" href={href({ view: 'video', id: v.id })} aria-label={`Video: ${v.prompt ?? ''}`} style={{ aspectRatio: ratioOf(v.size).join(' / ') }}>
                  <Film id={v.id} quiet />
                  <span class="tile-play"><Play /></span>
                </a>
              </li>
            ))}
          </ul>
          <h2 class="section-title">Pictures</h2>
        </section>
      )}
      <Grid pictures={all} />
      {listed.value.asked && !listed.value.loading && all.length === 0 && (
        <div class="nothing">
          <p>Nothing here yet.</p>
          <a class="button primary" href={href({ view: 'create' })}>Draw the first picture</a>
        </div>
      )}
      <div ref={end} class="gallery-end">{listed.value.loading && <span class="muted">Loading…</span>}</div>
    </main>
  )
}
