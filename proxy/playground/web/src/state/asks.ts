import type { Ask } from '../api/ask'
import { keep, recall } from './storage'

const most = 40
const longest = 8000

/** noteAsk remembers what a job was asked for, so that it can be told after a reload. Files are not kept. */
export function noteAsk(job: string, ask: Ask): void {
  if (ask.form || JSON.stringify(ask).length > longest) ask = { ...ask, json: undefined, form: undefined }
  const all = Object.entries(asks()).filter(([id]) => id !== job)
  keep('asks', JSON.stringify(Object.fromEntries([...all, [job, ask]].slice(-most))))
}

/** askOf is what a job was asked for, as far as this browser knows. */
export function askOf(job: string): Ask | null {
  return asks()[job] ?? null
}

/** repeatable says whether an ask still has what it takes to be sent again or shown as code. */
export function repeatable(ask: Ask | null): ask is Ask {
  return ask?.json !== undefined || ask?.form !== undefined
}

function asks(): Record<string, Ask> {
  try {
    return JSON.parse(recall('asks') ?? '{}')
  } catch {
    return {}
  }
}
