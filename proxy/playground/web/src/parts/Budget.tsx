import type { UsageWindow } from '../api/types'
import { amount, type Limit, limitsOf } from '../state/left'
import { dollars } from '../state/money'
import { tr } from '../words'
import { windowName } from './kinds'

/** Budget shows one window: a bar for each limit, or just what was spent. */
export function Budget({ window: w, priced }: { window: UsageWindow; priced: boolean }) {
  const limits = limitsOf(w)
  return (
    <li class="budget">
      <h2>{windowName(w.window)}</h2>
      {limits.map((l) => <Bar key={l.unit} limit={l} />)}
      {limits.length === 0 && <p>{tr('{amount} spent', { amount: spentOf(w, priced) })}</p>}
      {limits.length > 0 && <p class="muted">{w.end ? tr('Begins anew {when}', { when: moment(w.end) }) : tr('Does not begin anew')}</p>}
    </li>
  )
}

/** spentOf is what was spent within a window, in words. */
export function spentOf(w: UsageWindow, priced: boolean): string {
  const jobs = amount('jobs', w.spent.jobs ?? 0)
  return priced ? `${jobs} · ${dollars(w.spent.usd ?? 0)}` : jobs
}

/** moment is a time as the visitor's language writes it. */
export function moment(seconds: number): string {
  return new Date(seconds * 1000).toLocaleString(document.documentElement.lang || [], { dateStyle: 'medium', timeStyle: 'short' })
}

function Bar({ limit: l }: { limit: Limit }) {
  const part = (n: number) => ({ width: `${l.limit > 0 ? Math.min(100, (100 * n) / l.limit) : 100}%` })
  return (
    <div class="budget-limit">
      <p><b>{tr('{left} left of {limit}', { left: amount(l.unit, l.left), limit: amount(l.unit, l.limit) })}</b></p>
      <div class={l.left <= l.limit * 0.2 ? 'meter low' : 'meter'} aria-hidden="true">
        <span class="spent" style={part(l.spent)} />
        <span class="held" style={part(l.held)} />
      </div>
      <p class="muted">
        {tr('{amount} spent', { amount: amount(l.unit, l.spent) })} · {tr('{amount} held for jobs under way', { amount: amount(l.unit, l.held) })}
      </p>
    </div>
  )
}
