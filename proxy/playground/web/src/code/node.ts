import type { Ask } from '../api/ask'
import { absolute } from '../api/base'
import { shortened } from './curl'
import { arguments_, sdkCall } from './sdk'

/** node is the request with OpenAI's own package, as an ES module. */
export function node(ask: Ask): string {
  const call = sdkCall(ask)
  const client = `const client = new OpenAI({ baseURL: ${JSON.stringify(absolute('v1'))} }) // key: OPENAI_API_KEY\n\n`
  const head = `import OpenAI from 'openai'\n`
  if (!call) {
    const path = JSON.stringify(ask.path.replace(/^v1/, ''))
    return `${head}\n${client}const answer = await client.post(${path}, {\n  body: ${literal(shortened(ask.json ?? {}), 1)},\n})\nconsole.log(answer)\n`
  }
  const { own, extra } = arguments_(ask)
  const lines = Object.entries(own).map(([k, v]) => `  ${k}: ${v.file ? opened(v.file) : literal(v.value, 1)},`)
  for (const [k, v] of Object.entries(extra)) lines.push(`  ${k}: ${literal(shortened(v), 1)},`)
  const files = ask.form ? `import { createReadStream } from 'node:fs'\n` : ''
  return `${files}${head}\n${client}const answer = await client.${call}({\n${lines.join('\n')}\n})\nfor (const picture of answer.data) console.log(picture.url)\n`
}

const opened = (names: string[]) => {
  const all = names.map((n) => `createReadStream(${JSON.stringify(n)})`)
  return all.length === 1 ? all[0] : `[${all.join(', ')}]`
}

function literal(value: unknown, depth: number): string {
  const inner = JSON.stringify(value, null, 2) ?? 'undefined'
  return inner.replaceAll(/^(\s*)"([a-z_]+)":/gm, '$1$2:').replaceAll('\n', '\n' + '  '.repeat(depth))
}
