import type { Problem } from '../api/http'
import { copy } from '../state/ui'
import { Alert } from './icons'

/** ProblemNote shows an error as the API says it. */
export function ProblemNote({ problem, title }: { problem: Problem; title?: string }) {
  const facts: [string, string][] = []
  if (problem.param) facts.push(['param', problem.param])
  if (problem.code) facts.push(['code', problem.code])
  if (problem.status) facts.push(['status', String(problem.status)])
  if (problem.job) facts.push(['job', problem.job])
  if (problem.requestID) facts.push(['request', problem.requestID])
  return (
    <div class="problem" role="alert">
      <Alert />
      <div class="problem-text">
        {title && <strong>{title}</strong>}
        <p>{problem.message}</p>
        {facts.length > 0 && (
          <p class="problem-facts">
            {facts.map(([name, value]) => (
              <button key={name} class="fact" title={`Copy the ${name}`} onClick={() => void copy(value, name)}>
                <span>{name}</span> {value}
              </button>
            ))}
          </p>
        )}
      </div>
    </div>
  )
}
