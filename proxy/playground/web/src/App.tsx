import { CodeDialog } from './parts/CodeDialog'
import { Full } from './parts/Full'
import { Header } from './parts/Header'
import { HeldTools } from './parts/HeldTools'
import { HelpDialog } from './parts/HelpDialog'
import { Hood } from './parts/Hood'
import { KeyDialog } from './parts/KeyDialog'
import { Notice } from './parts/Notice'
import { useEffect } from 'preact/hooks'
import { inTitle } from './state/progress'
import { known, wordsOf } from './state/pictures'
import { type Route, route } from './state/route'
import { hood } from './state/ui'
import { Create } from './views/Create'
import { Editor } from './views/Editor'
import { Gallery } from './views/Gallery'
import { Image } from './views/Image'
import { Lost } from './views/Lost'
import { Usage } from './views/Usage'
import { VideoView } from './views/VideoView'
import { tr } from './words'

/** App is the whole page. */
export function App() {
  const title = inTitle.value + titleOf(route.value)
  useEffect(() => void (document.title = title), [title])
  return (
    <div class={hood.value ? 'app with-hood' : 'app'}>
      <Header />
      <View />
      <Hood />
      <KeyDialog />
      <CodeDialog />
      <HelpDialog />
      <Full />
      <HeldTools />
      <Notice />
    </div>
  )
}

function View() {
  const r = route.value
  switch (r.view) {
    case 'create':
      return <Create />
    case 'gallery':
      return <Gallery />
    case 'usage':
      return <Usage />
    case 'image':
      return <Image id={r.id} />
    case 'video':
      return <VideoView key={r.id} id={r.id} />
    case 'edit':
      return <Editor key={r.id ?? ''} id={r.id} />
    case 'lost':
      return <Lost />
  }
}

function titleOf(r: Route): string {
  if (r.view === 'gallery') return `${tr('Gallery')} · midgate`
  if (r.view === 'usage') return `${tr('Usage')} · midgate`
  if (r.view === 'edit') return `${tr('Edit')} · midgate`
  const p = r.view === 'image' ? known.value.get(r.id) : undefined
  return p ? `${wordsOf(p).slice(0, 60) || tr('Picture')} · midgate` : 'midgate'
}
