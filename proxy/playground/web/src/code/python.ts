import type { Ask } from '../api/ask'
import { absolute } from '../api/base'
import { shortened } from './curl'
import { arguments_, sdkCall } from './sdk'

/** python is the request with OpenAI's own package. */
export function python(ask: Ask): string {
  const call = sdkCall(ask)
  const head = `from openai import OpenAI\n\nclient = OpenAI(base_url=${JSON.stringify(absolute('v1'))})  # key: OPENAI_API_KEY\n\n`
  if (!call) {
    const path = JSON.stringify(ask.path.replace(/^v1/, ''))
    return `${head}answer = client.post(\n    ${path},\n    cast_to=object,\n    body=${literal(shortened(ask.json ?? {}), 1)},\n)\nprint(answer)\n`
  }
  const { own, extra } = arguments_(ask)
  const lines = Object.entries(own).map(([k, v]) => `    ${k}=${v.file ? opened(v.file) : literal(v.value, 1)},`)
  if (Object.keys(extra).length > 0) lines.push(`    extra_body=${literal(shortened(extra), 1)},`)
  return `${head}answer = client.${call}(\n${lines.join('\n')}\n)\nfor picture in answer.data:\n    print(picture.url)\n`
}

const opened = (names: string[]) =>
  names.length === 1 ? `open(${JSON.stringify(names[0])}, "rb")` : `[${names.map((n) => `open(${JSON.stringify(n)}, "rb")`).join(', ')}]`

function literal(value: unknown, depth: number): string {
  const pad = '    '.repeat(depth + 1)
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (Array.isArray(value)) return `[${value.map((v) => literal(v, depth)).join(', ')}]`
  if (typeof value === 'object') {
    const members = Object.entries(value).map(([k, v]) => `${pad}${JSON.stringify(k)}: ${literal(v, depth + 1)},\n`)
    return members.length === 0 ? '{}' : `{\n${members.join('')}${'    '.repeat(depth)}}`
  }
  return JSON.stringify(value)
}
