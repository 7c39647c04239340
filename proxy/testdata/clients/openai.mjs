// Operations of the official Node SDK, in whichever version stands in the current folder: reads orders from standard
// input, one JSON document a line, and prints what the SDK made of each answer as one line of JSON.
import { createHash } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const require = createRequire(process.cwd() + '/')
const { default: OpenAI, toFile } = require('openai')

const picture = async (d) => {
  const bytes = d.b64_json ? Buffer.from(d.b64_json, 'base64') : Buffer.from(await (await fetch(d.url)).arrayBuffer())
  return { url: d.url ?? null, b64: Boolean(d.b64_json), start: bytes.subarray(0, 8).toString('hex'), sha: createHash('sha256').update(bytes).digest('hex') }
}
const pictures = (answer) => Promise.all(answer.data.map(picture))
const upload = (path) => toFile(readFileSync(path), 'in.png', { type: 'image/png' })

const operations = {
  models: async (client) => (await client.models.list()).data.map((m) => m.id),
  generate: async (client, order) => pictures(await client.images.generate(order.body)),
  // Streams from files arrive as application/octet-stream in a chunked body.
  edit: async (client, order) =>
    pictures(await client.images.edit({ ...order.body, image: createReadStream(order.image), mask: order.mask ? createReadStream(order.mask) : undefined })),
  variation: async (client, order) => pictures(await client.images.createVariation({ ...order.body, image: await upload(order.image) })),
  stream: async (client, order) => {
    const seen = []
    const events = await client.images.generate({ ...order.body, stream: true })
    // Version 4 knows no streamed pictures and hands the bytes on.
    if (!events[Symbol.asyncIterator]) throw new Error('no stream')
    for await (const event of events) seen.push({ type: event.type, b64: Boolean(event.b64_json) })
    return seen
  },
  chat: async (client, order) => (await client.chat.completions.create(order.body)).choices[0].message.content,
  chatStream: async (client, order) => {
    const seen = { text: '', thought: '', end: null }
    for await (const chunk of await client.chat.completions.create({ ...order.body, stream: true })) {
      const choice = chunk.choices[0]
      seen.text += choice?.delta.content ?? ''
      seen.thought += choice?.delta.reasoning_content ?? ''
      seen.end = choice?.finish_reason ?? seen.end
    }
    return seen
  },
}

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line)
  const client = new OpenAI({ baseURL: order.base, apiKey: order.key, timeout: 60_000 })
  try {
    console.log(JSON.stringify({ ok: true, value: await operations[order.op](client, order) }))
  } catch (e) {
    console.log(JSON.stringify({ ok: false, status: e.status ?? 0, code: e.code ?? '', param: e.param ?? '', message: String(e.message) }))
  }
}
