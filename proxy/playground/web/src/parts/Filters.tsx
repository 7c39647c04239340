import { type Filter, filter, versionsSeen } from '../state/browse'
import { tr } from '../words'
import { Search } from './icons'

const kinds: [Filter['only'], string][] = [['', 'All'], ['favorites', 'Favourites'], ['edits', 'Edits'], ['videos', 'Videos']]

/** Filters choose what the gallery shows. */
export function Filters() {
  const f = filter.value
  const set = (fields: Partial<Filter>) => (filter.value = { ...f, ...fields })
  return (
    <div class="filters" role="search">
      <label class="search">
        <Search />
        <span class="sr">{tr('Search in prompts')}</span>
        <input type="search" id="search" placeholder={tr('Search in prompts')} value={f.query} onInput={(e) => set({ query: e.currentTarget.value })} />
      </label>
      <div class="segments" role="group" aria-label={tr('Show')}>
        {kinds.map(([only, name]) => <button key={only} aria-pressed={f.only === only} onClick={() => set({ only })}>{tr(name)}</button>)}
      </div>
      {versionsSeen.value.length > 1 && (
        <label class="select">
          <span class="sr">{tr('Version')}</span>
          <select value={f.version} onChange={(e) => set({ version: e.currentTarget.value })}>
            <option value="">{tr('Every version')}</option>
            {versionsSeen.value.map((v) => <option key={v} value={v}>{v}</option>)}
          </select>
        </label>
      )}
      <label class="until">
        {tr('Until')}
        <input type="date" value={f.until} min="2022-01-01" max={today()} onInput={(e) => e.currentTarget.validity.valid && set({ until: e.currentTarget.value })} />
      </label>
    </div>
  )
}

function today(): string {
  const d = new Date()
  return [d.getFullYear(), d.getMonth() + 1, d.getDate()].map((n) => String(n).padStart(2, '0')).join('-')
}
