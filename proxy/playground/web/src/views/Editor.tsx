import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { picture } from '../api/base'
import { Problem, problemOf } from '../api/http'
import { Brush, Close, Eraser, Invert, Send, Trash, Undo, Upload } from '../parts/icons'
import { MaskCanvas } from '../parts/MaskCanvas'
import { ProblemNote } from '../parts/ProblemNote'
import { Stepper } from '../parts/Stepper'
import { editing, subjectOf, type Subject } from '../state/editing'
import { type Deed, exported, painted } from '../state/mask'
import { bring, brought } from '../state/brought'
import { keepPainting, paintingOf } from '../state/painting'
import { known, pictureOf } from '../state/pictures'
import { priceOf } from '../state/prices'
import { go, href } from '../state/route'
import { start } from '../state/runs'
import { tr } from '../words'

/** Editor is where a picture is painted over and the change put into words. */
export function Editor({ id }: { id: string | null }) {
  const [subject, setSubject] = useState<Subject | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  useEffect(() => {
    let wanted = true
    const take = (work: Promise<Subject>) => work.then((s) => wanted && setSubject(s), (e) => wanted && setProblem(problemOf(e)))
    setSubject(null)
    setProblem(null)
    if (id) void take(ownSubject(id))
    else if (brought.value) void take(subjectOf(brought.value))
    return () => void (wanted = false)
  }, [id, brought.value])
  if (problem) return <main tabIndex={-1} class="editor"><ProblemNote problem={problem} /><Bring /></main>
  if (subject) return <Workbench key={subject.name} subject={subject} />
  return <main tabIndex={-1} class="editor">{id || brought.value ? <p class="muted empty-note">{tr('Loading…')}</p> : <Bring />}</main>
}

/** Bring asks for a picture of the visitor's own. */
function Bring() {
  return (
    <label class="bring">
      <input type="file" class="sr" accept="image/png,image/jpeg,image/webp" aria-label={tr('Choose a picture')}
        onChange={(e) => (bring(e.currentTarget.files?.[0]), (e.currentTarget.value = ''))} />
      <Upload />
      <strong>{tr('Choose a picture')}</strong>
      <span class="muted">{tr('or drop one anywhere on this page')}</span>
    </label>
  )
}

function Workbench({ subject: s }: { subject: Subject }) {
  const subject = s.id ?? `${s.name} ${s.width}x${s.height}`
  const [kept] = useState(() => paintingOf(subject))
  const [deeds, setDeeds] = useState<Deed[]>(kept.deeds)
  const [erase, setErase] = useState(false)
  const [brush, setBrush] = useState(9)
  const [prompt, setPrompt] = useState(kept.prompt)
  const [n, setN] = useState(kept.n)
  const canvas = useRef<HTMLCanvasElement>(null)
  const [src, setSrc] = useState('')
  useEffect(() => {
    const url = URL.createObjectURL(s.file)
    setSrc(url)
    return () => URL.revokeObjectURL(url)
  }, [s])
  useLayoutEffect(() => keepPainting(subject, { deeds, prompt, n }), [deeds, prompt, n])
  const add = (d: Deed) => setDeeds((all) => [...all, d])
  const undo = () => setDeeds((all) => all.slice(0, -1))
  const run = async () => {
    if (!prompt.trim()) return document.getElementById('edit-prompt')?.focus()
    const mask = canvas.current && painted(canvas.current) ? await exported(canvas.current) : null
    start(editing(s, prompt.trim(), mask, n))
    go(s.id ? { view: 'image', id: s.id } : { view: 'create' })
  }
  useKeys({ b: () => setErase(false), x: () => setErase(true), '[': () => setBrush((b) => Math.max(1, b - 2)), ']': () => setBrush((b) => Math.min(40, b + 2)) }, undo)
  const own = s.id ? known.value.get(s.id) : undefined
  const jobs = (deeds.length > 0 && own && priceOf(own, 'vary_region')?.jobs) || 1
  return (
    <main tabIndex={-1} class="editor">
      <div class="editor-tools" role="toolbar" aria-label={tr('Tools')}>
        <div class="segments">
          <button aria-pressed={!erase} aria-label={tr('Brush')} title={tr('Brush (b)')} onClick={() => setErase(false)}><Brush /> <span class="tool-name">{tr('Brush')}</span></button>
          <button aria-pressed={erase} aria-label={tr('Erase')} title={tr('Eraser (x)')} onClick={() => setErase(true)}><Eraser /> <span class="tool-name">{tr('Erase')}</span></button>
        </div>
        <label class="brush-size" title={tr('Size ([ and ])')}>
          <span class="sr">{tr('Size')}</span>
          <input type="range" min={1} max={40} value={brush} onInput={(e) => setBrush(Number(e.currentTarget.value))} />
        </label>
        <div class="row">
          <button class="plain round" aria-label={tr('Undo')} title={tr('Undo (Ctrl Z)')} disabled={deeds.length === 0} onClick={undo}><Undo /></button>
          <button class="plain round" aria-label={tr('Invert')} title={tr('Invert')} onClick={() => add({ kind: 'invert' })}><Invert /></button>
          <button class="plain round" aria-label={tr('Clear')} title={tr('Clear')} disabled={deeds.length === 0} onClick={() => add({ kind: 'clear' })}><Trash /></button>
          <a class="plain round" data-key="Escape" aria-label={tr('Leave')} href={href(s.id ? { view: 'image', id: s.id } : { view: 'create' })}><Close /></a>
        </div>
      </div>
      <div class="editor-stage">
        {src && <MaskCanvas src={src} width={s.width} height={s.height} deeds={deeds} erase={erase} brush={brush} canvas={canvas} onDeed={add} />}
      </div>
      <form class="editor-bar" onSubmit={(e) => (e.preventDefault(), void run())}>
        <input id="edit-prompt" aria-label={tr('What should be there')} placeholder={deeds.length > 0 ? tr('What should be there?') : tr('Paint what should change, or say it')} value={prompt} onInput={(e) => setPrompt(e.currentTarget.value)} />
        <Stepper label={tr('Number of pictures')} value={n} min={1} max={4} onChange={setN} />
        {jobs > 1 && <span class="price" id="edit-price" title={tr('The picture is first taken out of its grid, which Midjourney counts.')}>{tr('{n} jobs', { n: jobs })}</span>}
        <button class="primary draw" aria-describedby={jobs > 1 ? 'edit-price' : undefined}><Send /> {deeds.length > 0 ? tr('Repaint') : tr('Change')}</button>
      </form>
    </main>
  )
}

/** ownSubject is one of midgate's pictures, with its bytes. */
async function ownSubject(id: string): Promise<Subject> {
  const [record, answer] = await Promise.all([pictureOf(id), fetch(picture(id, 'png'))])
  if (!answer.ok) throw new Problem(tr('The picture itself is not there any more.'), answer.status)
  const file = await answer.blob()
  const bitmap = await createImageBitmap(file)
  return { id: record.id, file, name: `${record.id}.png`, width: bitmap.width, height: bitmap.height }
}

function useKeys(keys: Record<string, () => void>, undo: () => void): void {
  useEffect(() => {
    const listen = (e: KeyboardEvent) => {
      if ((e.ctrlKey || e.metaKey) && e.key === 'z' && !(e.target instanceof HTMLInputElement && e.target.type === 'text')) return e.preventDefault(), undo()
      if (e.ctrlKey || e.metaKey || e.altKey || (e.target instanceof HTMLElement && e.target.closest('input, textarea, select'))) return
      keys[e.key]?.()
    }
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [])
}
