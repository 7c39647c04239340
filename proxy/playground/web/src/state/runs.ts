import { batch, computed, signal, type Signal } from '@preact/signals'
import type { Ask } from '../api/ask'
import { body } from '../api/ask'
import { at } from '../api/base'
import { get, problemOf, Problem, send } from '../api/http'
import { events } from '../api/sse'
import type { Images, Job, JobStatus, Made, Page, Video } from '../api/types'
import { askOf, noteAsk } from './asks'
import { refreshPictures } from './pictures'
import { health } from './health'
import { pressedAnew } from './presses'
import { say } from './ui'
import { tr } from '../words'
import { refreshVideos } from './videos'

/** A request of this visit, from the click to its pictures. */
export interface Run {
  key: string
  ask: Ask | null // null: begun elsewhere, found under way when the page was opened
  begun: number // ms
  taken?: boolean // up after a reload: no stream brings its partial pictures
  state: Signal<State>
}

export interface State {
  status: 'sending' | JobStatus
  job: Job | null
  partial: string | null // newest partial picture, as a data URL
  partials: number
  made: Made[]
  video: string | null
  problem: Problem | null
}

/** The runs of this visit, newest first. */
export const runs = signal<Run[]>([])

/** Those that have not ended. */
export const open = computed(() => runs.value.filter((r) => !ended(r.state.value.status)))

export function ended(status: State['status']): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}

/** start sends a request and follows its job to the end; one for each press. */
export function start(ask: Ask): void {
  if (!pressedAnew(`${ask.path} ${ask.title}`)) return
  const run = add(ask, 'sending')
  void follow(run, () => begin(run, ask))
}

/** resume follows the jobs that are under way although this visit did not begin them. */
export async function resume(): Promise<void> {
  const page = await get<Page<Job>>('v1/jobs?status=queued,in_progress&limit=100').catch(() => null)
  for (const job of page?.data.toReversed() ?? []) {
    if (ended(job.status) || runs.value.some((r) => r.state.value.job?.id === job.id)) continue
    const run = add(askOf(job.id), job.status)
    run.taken = true
    patch(run, { job })
    void follow(run, () => watch(run, job.id))
  }
}

/** canStop says whether a job can be stopped, as far as is known; what still waits for its place always can. */
export function canStop(s: State): boolean {
  if (!s.job?.id || ended(s.status)) return false
  return health.value.stops || s.job.steps.every((step) => !step.submitted_at)
}

/** cancel asks midgate to stop a job. */
export async function cancel(run: Run): Promise<void> {
  const id = run.state.value.job?.id
  if (!id) return
  try {
    const answer = await send(`v1/jobs/${id}/cancel`, { method: 'POST' })
    take(run, await answer.json())
    if (!ended(run.state.value.status)) say(tr('Being stopped…'))
  } catch (e) {
    const p = problemOf(e)
    if (p.code !== 'unsupported') return patch(run, { problem: p })
    health.value = { ...health.value, stops: false }
    say(tr('This upstream cannot stop a job; its pictures will come'))
  }
}

/** dismiss takes a run off the list; its job goes on, or stays as it ended. */
export function dismiss(run: Run): void {
  runs.value = runs.value.filter((r) => r !== run)
}

function add(ask: Ask | null, status: State['status']): Run {
  const none = { job: null, partial: null, partials: 0, made: [], video: null, problem: null }
  const run: Run = { key: newKey(), ask, begun: Date.now(), state: signal({ status, ...none }) }
  runs.value = [run, ...runs.value]
  return run
}

/** newKey is an Idempotency-Key. crypto.randomUUID is missing where the page does not come by HTTPS. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('')
}

function patch(run: Run, change: Partial<State>): void {
  run.state.value = { ...run.state.value, ...change }
}

async function follow(run: Run, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (e) {
    batch(() => patch(run, { status: 'failed', problem: problemOf(e) }))
  }
  void refreshPictures()
  if ((run.ask?.kind ?? run.state.value.job?.kind) === 'video') void refreshVideos()
}

/** Kinds of requests that this midgate was seen to answer without a stream. */
const streamless = new Set<Ask['kind']>(['video', 'describe'])

/** begin sends the request: as a stream where partial pictures can come, else asking for the job at once. */
async function begin(run: Run, ask: Ask): Promise<void> {
  if (!streamless.has(ask.kind) && ask.expected <= 4) {
    try {
      return await stream(run, ask)
    } catch (e) {
      if (!(e instanceof Problem) || !unstreamable(e)) throw e
      streamless.add(ask.kind)
    }
  }
  await queue(run, ask)
}

/** unstreamable tells a server or request without streams from one that is refused for another reason. */
function unstreamable(p: Problem): boolean {
  return (p.status === 400 && (p.param === 'stream' || p.param === 'partial_images' || p.param === 'n')) || p.status === 405
}

async function stream(run: Run, ask: Ask): Promise<void> {
  const answer = await send(ask.path, {
    method: 'POST',
    headers: { 'idempotency-key': run.key },
    // The stream's pictures are only looked at on the way: JPEG is a tenth of the PNG that midgate keeps.
    ...body(ask, { stream: true, partial_images: 3, output_format: 'jpeg', output_compression: 80 }),
  })
  const id = answer.headers.get('midgate-job') ?? ''
  if (!answer.headers.get('content-type')?.includes('text/event-stream') || !answer.body) {
    streamless.add(ask.kind)
    take(run, await answer.json(), id)
    return id ? watch(run, id) : undefined
  }
  // The stream is read to its end, so that midgate knows its answer delivered; the job alone says how that is.
  void partials(run, answer.body).catch(() => undefined)
  await watch(run, id)
}

/** partials shows the partial pictures of a stream. */
async function partials(run: Run, from: ReadableStream<Uint8Array>): Promise<void> {
  for await (const e of events(from)) {
    if (!e.type.endsWith('.partial_image')) continue
    const s = run.state.value
    // On the way to the pictures that were asked for, a single one may be upscaled: that is none of them.
    if (/\/U\d$/.test(s.job?.steps.at(-1)?.name ?? '')) continue
    patch(run, { partial: `data:image/${e.output_format ?? 'png'};base64,${e.b64_json}`, partials: s.partials + 1 })
  }
}

/** queue asks for the job instead of the answer, and watches it. */
async function queue(run: Run, ask: Ask): Promise<void> {
  const answer = await send(ask.path, {
    method: 'POST',
    headers: { prefer: 'respond-async', 'idempotency-key': `${run.key}-async` },
    ...body(ask),
  })
  take(run, await answer.json(), answer.headers.get('midgate-job'))
  const id = run.state.value.job?.id
  if (id && !ended(run.state.value.status)) await watch(run, id)
}

/** watch reads a job until it has ended. */
async function watch(run: Run, id: string): Promise<void> {
  let failures = 0
  for (let wait = 400; ; wait = Math.min(wait * 1.15, 2500)) {
    try {
      take(run, await get<Job>(`v1/jobs/${id}`))
      failures = 0
    } catch (e) {
      // A read that fails is no failed job: the server may be restarting, and will go on with it.
      if (problemOf(e).status === 404 || ++failures > 30) throw e
    }
    if (ended(run.state.value.status)) return
    await new Promise((resolve) => setTimeout(resolve, wait))
  }
}

/** take understands any of the objects that answers are. */
function take(run: Run, said: Job | Video | Images, job: string | null = null): void {
  if (!('object' in said)) return patch(run, { status: 'completed', made: said.data })
  if (said.object === 'video') {
    // A video is its job under another name (GET /v1/jobs/{id} tells the steps).
    const id = job ?? said.id.replace(/^video_/, 'job_')
    return patch(run, { video: said.id, status: 'in_progress', job: { ...unknownJob, id } })
  }
  if (run.ask && run.state.value.job?.id !== said.id) noteAsk(said.id, run.ask)
  const result = said.result
  // What a stream brings is newer; a run that was taken up after a reload has only this.
  if (said.preview && run.taken && said.progress < 95) patch(run, { partial: at(`mj/image/${said.id}?at=${said.progress}`) })
  patch(run, {
    job: said,
    status: said.status,
    made: result && 'data' in result ? result.data : run.state.value.made,
    video: result && 'object' in result ? result.id : said.kind === 'video' ? said.id.replace(/^job_/, 'video_') : run.state.value.video,
    problem: said.error ? new Problem(said.error.message, 0, said.error.param, said.error.code, null, said.id) : null,
  })
}

const unknownJob: Job = {
  id: '', object: 'job', status: 'in_progress', progress: 0, created_at: 0, finished_at: null, kind: 'video', model: '', n: 1,
  preview: null, steps: [], jobs_paid: 0, result: null, error: null,
}
