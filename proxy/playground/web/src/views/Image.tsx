import { useEffect, useState } from 'preact/hooks'
import { problemOf, type Problem } from '../api/http'
import { Deeds } from '../parts/Deeds'
import { Facts } from '../parts/Facts'
import { ProblemNote } from '../parts/ProblemNote'
import { Stage } from '../parts/Stage'
import { Strip } from '../parts/Strip'
import { Tree } from '../parts/Tree'
import { historyOf, unfold } from '../state/lineage'
import { known, pictureOf } from '../state/pictures'
import { ended, runs } from '../state/runs'
import { tr } from '../words'

/** Image is one picture with all that can be done with it, and where it comes from. */
export function Image({ id }: { id: string }) {
  const [problem, setProblem] = useState<Problem | null>(null)
  const jobsDone = runs.value.filter((r) => ended(r.state.value.status)).length
  useEffect(() => {
    setProblem(null)
    pictureOf(id).then(() => unfold(id)).catch((e) => setProblem(problemOf(e)))
  }, [id, jobsDone])
  const p = known.value.get(id)
  if (!p) return <main tabIndex={-1} class="image-view">{problem ? <ProblemNote problem={problem} /> : <p class="muted empty-note">{tr('Loading…')}</p>}</main>
  const history = historyOf(id, known.value)
  return (
    <main tabIndex={-1} class="image-view">
      <div class="show">
        <Stage p={p} />
        <Strip id={id} />
      </div>
      <div class="panel">
        <Facts key={`facts ${id}`} p={p} />
        <Deeds key={id} picture={p} />
        {history && <Tree root={history} current={id} />}
      </div>
    </main>
  )
}
