import { key, asking } from '../state/key'
import { href, route } from '../state/route'
import { open } from '../state/runs'
import { shownDark, switchTheme, theme } from '../state/theme'
import { hood } from '../state/ui'
import { leftOf } from '../state/left'
import { usage } from '../state/usage'
import { HealthBadge } from './HealthBadge'
import { Gate, Gauge, Key, Moon, Sun } from './icons'
import { tr } from '../words'

/** Header is the bar on top: where to go, how midgate is, and what is set in this browser. */
export function Header() {
  const view = route.value.view
  const left = leftOf(usage.value)
  const running = open.value.length
  return (
    <header class="bar">
      <a class="brand" aria-label="midgate" href={href({ view: 'create' })}>
        <span class="brand-mark"><Gate /></span>
        <span class="brand-name">midgate</span>
      </a>
      <nav class="tabs" aria-label={tr('Pages')}>
        <a href={href({ view: 'create' })} aria-current={view === 'create' ? 'page' : undefined}>{tr('Create')}</a>
        <a href={href({ view: 'gallery' })} aria-current={view === 'gallery' ? 'page' : undefined}>{tr('Gallery')}</a>
        <a href={href({ view: 'usage' })} aria-current={view === 'usage' ? 'page' : undefined}>{tr('Usage')}</a>
      </nav>
      {left && <a class={left.low ? 'left low' : 'left'} href={href({ view: 'usage' })}>{left.text}</a>}
      <div class="bar-tools">
        <HealthBadge />
        <button class="plain round" aria-label={running ? tr('Under the hood, {n} under way', { n: running }) : tr('Under the hood')} title={tr('Under the hood (u)')} aria-pressed={hood.value} onClick={() => (hood.value = !hood.value)}>
          <Gauge />
          {running > 0 && <span class="count" aria-hidden="true">{running}</span>}
        </button>
        {key.value && (
          <button class="plain round" aria-label={tr('Change the key')} title={tr('Change the key')} onClick={() => (asking.value = { why: '', changing: true })}>
            <Key />
          </button>
        )}
        <button class="plain round" aria-label={tr('Switch between light and dark')} title={tr('Light or dark (t)')} data-theme-shown={theme.value} onClick={switchTheme}>
          {shownDark() ? <Sun /> : <Moon />}
        </button>
      </div>
    </header>
  )
}
