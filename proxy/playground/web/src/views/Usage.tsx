import { useEffect, useState } from 'preact/hooks'
import { problemOf, type Problem } from '../api/http'
import type { Job, Usage as UsageOf } from '../api/types'
import { Budget, moment, spentOf } from '../parts/Budget'
import { kindName, speedName, statusName, windowName } from '../parts/kinds'
import { ProblemNote } from '../parts/ProblemNote'
import { Table } from '../parts/Table'
import { earlier, loadEarlier } from '../state/ledger'
import { amount, limitsOf } from '../state/left'
import { dollars } from '../state/money'
import { everyone, loadEveryone, loadUsage, type Span, span, usage } from '../state/usage'
import { tr } from '../words'

const spans: Span[] = ['day', 'month', 'total']

/** Usage shows what the visitor's key may spend and has spent, and for an admin what every key has. */
export function Usage() {
  const [problem, setProblem] = useState<Problem | null>(null)
  useEffect(() => {
    loadUsage().then(() => setProblem(null), (e) => setProblem(problemOf(e)))
  }, [span.value])
  const u = usage.value
  useEffect(() => {
    void loadEarlier()
    void loadEveryone()
  }, [u])
  const jobs = earlier.value
  const priced = hasPrices(u, jobs) || (everyone.value ?? []).some((k) => hasPrices(k, []))
  return (
    <main tabIndex={-1} class="usage">
      <div class="section-head">
        <h1>{tr('Usage')}</h1>
        {u?.key && <p class="muted">{u.key}</p>}
      </div>
      {problem && <ProblemNote problem={problem} />}
      {!u && !problem && <p class="muted" role="status">{tr('Loading…')}</p>}
      {u && <Own usage={u} priced={priced} />}
      {u && <Newest jobs={jobs} priced={priced} />}
      {everyone.value && <Everyone all={everyone.value} priced={priced} />}
    </main>
  )
}

/** hasPrices says whether anything is known of what jobs cost. */
function hasPrices(u: UsageOf | null, jobs: Job[]): boolean {
  return jobs.some((j) => j.cost !== undefined || j.refunded) || (u?.windows ?? []).some((w) => w.spent.usd || w.held.usd || w.limit.usd !== null)
}

function Own({ usage: u, priced }: { usage: UsageOf; priced: boolean }) {
  const windows = u.windows ?? []
  const limited = windows.some((w) => limitsOf(w).length > 0)
  const money = (line: (string | number)[], usd: number, back: number) => (priced ? [...line, dollars(usd), dollars(back)] : line)
  return (
    <>
      {!limited && <p>{priced ? tr('This key has no budget.') : tr('This key has no budget and nothing has a price here: only jobs are counted.')}</p>}
      <ul class="budgets">{windows.map((w) => <Budget key={w.window} window={w} priced={priced} />)}</ul>
      <p class="muted">
        {u.max_in_flight === null ? tr('Under way: {n}', { n: u.in_flight }) : tr('Under way: {n} of at most {max}', { n: u.in_flight, max: u.max_in_flight })}
        {u.expires_at !== null && ` · ${tr('The key ends {when}', { when: moment(u.expires_at) })}`}
      </p>
      <Table
        title={tr('What it was spent on')}
        head={[tr('Kind'), tr('Speed'), tr('Jobs'), tr('Pictures'), ...(priced ? [tr('Cost'), tr('Given back')] : [])]}
        numbers={2}
        empty={tr('Nothing was spent.')}
        rows={u.data.map((s) => money([kindName(s.kind ?? ''), speedName(s.speed ?? ''), s.jobs, s.pictures], s.usd, s.refunded_usd))}
      >
        <div class="segments" role="group" aria-label={tr('Time')}>
          {spans.map((s) => <button key={s} aria-pressed={span.value === s} onClick={() => (span.value = s)}>{windowName(s)}</button>)}
        </div>
      </Table>
    </>
  )
}

function Newest({ jobs, priced }: { jobs: Job[]; priced: boolean }) {
  if (jobs.length === 0) return null
  return (
    <Table
      title={tr('Newest jobs')}
      head={[tr('Begun'), tr('Kind'), tr('State'), tr('Jobs paid'), ...(priced ? [tr('Cost'), tr('Given back')] : [])]}
      numbers={3}
      rows={jobs.map((j) => [
        moment(j.created_at), kindName(j.kind), statusName(j.status), j.jobs_paid,
        ...(priced ? [j.cost === undefined ? '–' : dollars(j.cost), j.refunded ? dollars(j.refunded) : '–'] : []),
      ])}
    />
  )
}

function Everyone({ all, priced }: { all: UsageOf[]; priced: boolean }) {
  return (
    <Table
      title={tr('All keys')}
      head={[tr('Key'), ...spans.map(windowName), tr('Under way')]}
      numbers={1}
      rows={all.map((u) => [u.key, ...spans.map((s) => spentIn(u, s, priced)), u.max_in_flight === null ? u.in_flight : `${u.in_flight} / ${u.max_in_flight}`])}
    />
  )
}

/** spentIn is what a key spent within a window, and of how much. */
function spentIn(u: UsageOf, span: Span, priced: boolean): string {
  const w = u.windows?.find((w) => w.window === span)
  if (!w) return '–'
  const limits = limitsOf(w).map((l) => amount(l.unit, l.limit))
  return limits.length > 0 ? tr('{spent} of {limit}', { spent: spentOf(w, priced), limit: limits.join(' · ') }) : spentOf(w, priced)
}
