import { render } from 'preact'
import { App } from './App'
import { locate } from './api/base'
import { receiveDrops, restoreBrought } from './state/brought'
import { keepDraft } from './state/keepdraft'
import { deleteWhenLeft } from './state/deleting'
import { showResults } from './state/showing'
import { tellEnds } from './state/progress'
import { watchHealth } from './state/health'
import { restoreKey } from './state/key'
import { loadModels } from './state/models'
import { listenForPresses } from './state/presses'
import { follow } from './state/route'
import { resume } from './state/runs'
import { watchUsage } from './state/usage'
import { speakTheirs } from './words'
import { listenForKeys } from './state/shortcuts'
import { restoreTheme } from './state/theme'

restoreTheme()
follow()
listenForPresses()
listenForKeys()
receiveDrops()
deleteWhenLeft()
showResults()
tellEnds()
void Promise.all([locate(), speakTheirs()]).then(() => {
  restoreKey()
  void keepDraft()
  void restoreBrought()
  render(<App />, document.getElementById('app')!)
  watchHealth()
  watchUsage()
  void loadModels().then(resume)
})
