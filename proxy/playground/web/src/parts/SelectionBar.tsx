import { useState } from 'preact/hooks'
import { remove } from '../state/deleting'
import { download } from '../state/downloading'
import { favour } from '../state/favourites'
import { clearSelection, picked } from '../state/selection'
import { tr } from '../words'
import { Close, Download, Heart, Trash } from './icons'

/** SelectionBar is what can be done with all pictures that are selected. */
export function SelectionBar() {
  const [busy, setBusy] = useState(false)
  const all = picked.value
  if (all.length === 0) return null
  const every = all.every((p) => p.favorite)
  return (
    <div class="selection" role="toolbar" aria-label={tr('Selected pictures')}>
      <strong role="status">{tr('{n} selected', { n: all.length })}</strong>
      <button class="plain" disabled={busy} onClick={() => (setBusy(true), void download(all).finally(() => setBusy(false)))}><Download /> {tr('Download')}</button>
      <button class="plain" onClick={() => void favour(all, !every)}><Heart /> {every ? tr('No favourites') : tr('Favourites')}</button>
      <button class="plain" onClick={() => (remove(all.map((p) => p.id)), clearSelection())}><Trash /> {tr('Delete')}</button>
      <button class="plain round" data-key="Escape" aria-label={tr('Select nothing')} onClick={clearSelection}><Close /></button>
    </div>
  )
}
