import type { Ask } from '../api/ask'
import { absolute } from '../api/base'
import { key } from '../state/key'

/** curl is the request as a command for a shell. The key is never written out. */
export function curl(ask: Ask): string {
  const lines = [`curl ${quote(absolute(ask.path))}`]
  if (key.value) lines.push(`-H "Authorization: Bearer $OPENAI_API_KEY"`)
  if (ask.json) {
    lines.push(`-H 'Content-Type: application/json'`, `-d ${quote(JSON.stringify(shortened(ask.json), null, 2))}`)
  }
  for (const f of ask.form ?? []) {
    lines.push('file' in f ? `-F ${quote(`${f.name}=@${f.as}`)}` : `-F ${quote(`${f.name}=${f.text}`)}`)
  }
  return before(ask) + lines.join(' \\\n  ')
}

/** before fetches the pictures that the command sends, where midgate has them. */
function before(ask: Ask): string {
  const own = (ask.form ?? []).flatMap((f) => ('file' in f && /^img_\w{26}\.png$/.test(f.as) ? [f.as] : []))
  return own.map((name) => `curl -sO ${quote(absolute(`images/${name}`))}\n`).join('')
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** shortened puts a place holder where a picture's bytes would be. */
export function shortened(value: unknown): unknown {
  if (typeof value === 'string' && value.startsWith('data:') && value.length > 200) return `${value.slice(0, 40)}…`
  if (Array.isArray(value)) return value.map(shortened)
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, shortened(v)]))
  return value
}
