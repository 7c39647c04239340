// One operation of the official Node SDK, for whichever version stands in the current folder: reads what to do from
// standard input, prints what the SDK made of the answer as one line of JSON.
import { createRequire } from 'node:module'
import { createReadStream, readFileSync } from 'node:fs'

const require = createRequire(process.cwd() + '/')
const { default: OpenAI, toFile } = require('openai')
const order = JSON.parse(readFileSync(0, 'utf8'))
const client = new OpenAI({ baseURL: order.base, apiKey: order.key, maxRetries: order.retries ?? 2, timeout: 60_000 })

const items = (answer) => answer.data.map((d) => ({ id: d.id, url: d.url ?? null, bytes: d.b64_json ? Buffer.from(d.b64_json, 'base64').length : 0 }))

const operations = {
  models: async () => (await client.models.list()).data.map((m) => m.id),
  generate: async () => items(await client.images.generate(order.body)),
  edit: async () => items(await client.images.edit({ ...order.body, image: createReadStream(order.image), mask: order.mask ? createReadStream(order.mask) : undefined })),
  variation: async () => items(await client.images.createVariation({ ...order.body, image: await toFile(readFileSync(order.image), 'in.png', { type: 'image/png' }) })),
  stream: async () => {
    const seen = []
    for await (const event of await client.images.generate({ ...order.body, stream: true })) seen.push({ type: event.type, bytes: Buffer.from(event.b64_json ?? '', 'base64').length })
    return seen
  },
  chat: async () => (await client.chat.completions.create(order.body)).choices[0].message.content,
  chatStream: async () => {
    let text = ''
    let thought = ''
    let end = null
    for await (const chunk of await client.chat.completions.create({ ...order.body, stream: true })) {
      const choice = chunk.choices[0]
      if (!choice) continue
      text += choice.delta.content ?? ''
      thought += choice.delta.reasoning_content ?? ''
      end = choice.finish_reason ?? end
    }
    return { text, thought: thought.length, end }
  },
}

try {
  console.log(JSON.stringify({ ok: true, value: await operations[order.op]() }))
} catch (e) {
  console.log(JSON.stringify({ ok: false, status: e.status ?? 0, code: e.code ?? null, param: e.param ?? null, message: String(e.message), name: e.constructor.name }))
}
