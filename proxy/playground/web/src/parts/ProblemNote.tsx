import type { Ask } from '../api/ask'
import type { Problem } from '../api/http'
import { repeatable } from '../state/asks'
import { nextStep } from '../state/nextsteps'
import { copy } from '../state/ui'
import { tr } from '../words'
import { Alert } from './icons'

/** ProblemNote shows an error as the API says it, what can be done now, and folded what a developer wants to know. */
export function ProblemNote({ problem, title, again }: { problem: Problem; title?: string; again?: Ask | null }) {
  const facts: [string, string][] = []
  if (problem.param) facts.push(['param', problem.param])
  if (problem.code) facts.push(['code', problem.code])
  if (problem.status) facts.push(['status', String(problem.status)])
  if (problem.job) facts.push(['job', problem.job])
  if (problem.requestID) facts.push(['request', problem.requestID])
  const next = nextStep(problem, repeatable(again ?? null) ? again! : null)
  return (
    <div class="problem" role="alert">
      <Alert />
      <div class="problem-text">
        {title && <strong>{title}</strong>}
        <p>{problem.message}</p>
        {next && <p class="problem-next"><span class="muted">{next.text}</span>{next.act && <button class="button" onClick={next.act.do}>{next.act.label}</button>}</p>}
        {facts.length > 0 && (
          <details class="problem-details">
            <summary>{tr('Details')}</summary>
            <p class="problem-facts">
              {facts.map(([name, value]) => (
                <button key={name} class="fact" title={tr('Copy {what}', { what: name })} onClick={() => void copy(value, name)}>
                  <span>{name}</span> {value}
                </button>
              ))}
            </p>
          </details>
        )}
      </div>
    </div>
  )
}
