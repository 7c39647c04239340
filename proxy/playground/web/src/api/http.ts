import { at } from './base'
import type { Envelope } from './types'
import { askForKey, key } from '../state/key'
import { tr } from '../words'

/** What the API said was wrong, as it said it. */
export class Problem extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly param: string | null = null,
    readonly code: string | null = null,
    readonly requestID: string | null = null,
    readonly job: string | null = null,
  ) {
    super(message)
  }
}

/** problemOf makes a Problem of whatever was thrown. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  return new Problem(tr('midgate cannot be reached. Is it running, and is the network there?'), 0)
}

export interface Request {
  method?: 'GET' | 'POST' | 'DELETE'
  json?: unknown
  form?: FormData
  headers?: Record<string, string>
  signal?: AbortSignal
}

/** send asks the API. A missing or wrong key is asked for, and the request sent again with it; any other refusal is
 * thrown as a Problem. */
export async function send(path: string, r: Request = {}): Promise<Response> {
  for (;;) {
    const used = key.value
    const answer = await fetch(at(path), {
      method: r.method ?? 'GET',
      headers: {
        ...(r.json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(used ? { authorization: `Bearer ${used}` } : {}),
        ...r.headers,
      },
      body: r.json === undefined ? r.form : JSON.stringify(r.json),
      signal: r.signal,
      cache: 'no-store',
    })
    if (answer.ok) return answer
    const problem = await refusal(answer)
    if (answer.status !== 401 || !(await askForKey(used, problem.message))) throw problem
  }
}

/** get reads one object. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await send(path, { signal })).json()
}

async function refusal(answer: Response): Promise<Problem> {
  const id = answer.headers.get('x-request-id')
  const job = answer.headers.get('midgate-job')
  try {
    const { error } = (await answer.json()) as Envelope
    return new Problem(error.message, answer.status, error.param, error.code, id, job)
  } catch {
    return new Problem(tr('The server answered {status}, and not as midgate does. Is something else in between?', { status: answer.status }), answer.status, null, null, id, job)
  }
}
