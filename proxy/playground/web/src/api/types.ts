/** The objects of midgate's API that the page reads (/openapi.yaml). */

export interface Envelope {
  error: { message: string; type: string; param: string | null; code: string | null }
}

export interface Button {
  label: string
  emoji: string
  custom_id: string
  action: string | null
}

/** A picture's record: GET /v1/images/{id}. */
export interface Picture {
  id: string
  object: 'image'
  created: number
  model: string
  prompt: string
  revised_prompt: string | null
  width: number
  height: number
  /** ID of the whole grid, for a quarter. */
  grid: string | null
  /** What it was made from, by which action. */
  parent: string | null
  action: string | null
  actions: string[]
  likely_actions?: string[]
  buttons: Button[]
  upstream: { name: string; task_id: string; index: number }
  expires_at: number | null
  favorite?: boolean
}

/** One element of an answer's data. */
export interface Made {
  id?: string
  prompt?: string
  revised_prompt?: string
  actions?: string[]
  width?: number
  height?: number
}

export interface Images {
  created: number
  data: Made[]
}

export interface Video {
  id: string
  object: 'video'
  model: string
  status: 'queued' | 'in_progress' | 'completed' | 'failed'
  progress: number
  created_at: number
  completed_at: number | null
  prompt: string | null
  size: string
  seconds: string
  remixed_from_video_id: string | null
  /** The picture that it begins with, or the video that it carries on. */
  parent?: string
  error: { code: string; message: string } | null
}

export interface Step {
  name: string
  task_id: string | null
  state: string
  submitted_at: number | null
  finished_at: number | null
  polls: number
  paid: boolean
}

export type JobStatus = 'queued' | 'in_progress' | 'completed' | 'failed' | 'cancelled'

/** The work behind an answer: GET /v1/jobs/{id}. */
export interface Job {
  id: string
  object: 'job'
  status: JobStatus
  progress: number
  created_at: number
  finished_at: number | null
  kind: string
  model: string
  n: number
  preview: string | null
  steps: Step[]
  jobs_paid: number
  /** US dollars, where prices are known. */
  cost?: number
  refunded?: number
  result: Images | Video | null
  error: Envelope['error'] | null
}

export interface Page<T> {
  data: T[]
  last_id: string | null
  has_more: boolean
}

/** An amount; null where there is no limit. */
export interface Amount {
  usd: number | null
  jobs: number | null
}

export interface UsageWindow {
  window: 'day' | 'month' | 'total'
  start: number | null
  end: number | null
  limit: Amount
  spent: Amount
  held: Amount
  remaining: Amount
}

/** A line of what was spent, by kind and speed. */
export interface Sale {
  kind?: string
  speed?: string
  jobs: number
  pictures: number
  usd: number
  refunded_usd: number
}

/** What a key may spend and has spent: GET /v1/usage. */
export interface Usage {
  object: 'usage'
  key: string
  windows: UsageWindow[] | null
  data: Sale[]
  in_flight: number
  max_in_flight: number | null
  expires_at: number | null
  /** The key may ask what others spend. */
  admin?: boolean
}
