// Operations of the official Node SDK, in whichever version stands in the current folder.
import { createReadStream, readFileSync } from 'node:fs'
import { download, look, require, serve } from './orders.mjs'

const { default: OpenAI, AzureOpenAI, toFile } = require('openai')

const settings = (order) => ({ apiKey: order.key, timeout: 60_000 })
// With azure for an argument it is that of Azure, which has the model in its paths, or not, by its own rules.
const client = process.argv[2] === 'azure'
  ? (order) => new AzureOpenAI({ endpoint: new URL(order.base).origin, apiVersion: '2025-04-01-preview', ...settings(order) })
  : (order) => new OpenAI({ baseURL: order.base, ...settings(order) })
const picture = (d) => (d.b64_json ? look(Buffer.from(d.b64_json, 'base64'), { url: d.url ?? null, b64: true }) : download(d.url))
const pictures = (answer) => Promise.all(answer.data.map(picture))
const upload = (path) => toFile(readFileSync(path), 'in.png', { type: 'image/png' })

const operations = {
  models: async (order) => (await client(order).models.list()).data.map((m) => m.id),
  generate: async (order) => pictures(await client(order).images.generate(order.body)),
  // Streams from files arrive as application/octet-stream in a chunked body.
  edit: async (order) =>
    pictures(await client(order).images.edit({ ...order.body, image: createReadStream(order.image), mask: order.mask ? createReadStream(order.mask) : undefined })),
  variation: async (order) => pictures(await client(order).images.createVariation({ ...order.body, image: await upload(order.image) })),
  stream: async (order) => {
    const seen = []
    for await (const event of await client(order).images.generate({ ...order.body, stream: true })) seen.push({ type: event.type, b64: Boolean(event.b64_json) })
    return seen
  },
  chat: async (order) => (await client(order).chat.completions.create(order.body)).choices[0].message.content,
  chatStream: async (order) => {
    const seen = { text: '', thought: '', end: null }
    for await (const chunk of await client(order).chat.completions.create({ ...order.body, stream: true })) {
      const choice = chunk.choices[0]
      seen.text += choice?.delta.content ?? ''
      seen.thought += choice?.delta.reasoning_content ?? ''
      seen.end = choice?.finish_reason ?? seen.end
    }
    return seen
  },
  // The library's own helpers put a stream together, and throw at whatever they do not know.
  chatFinal: async (order) => {
    const made = await client(order).chat.completions.stream(order.body).finalChatCompletion()
    return { text: made.choices[0].message.content, end: made.choices[0].finish_reason, tokens: made.usage?.total_tokens ?? 0 }
  },
  respondFinal: async (order) => {
    const made = await client(order).responses.stream(order.body).finalResponse()
    return { status: made.status, pictures: made.output.filter((o) => o.type === 'image_generation_call' && o.result).length }
  },
  // No library at all: what the platform's own fetch makes of the same answer.
  fetch: async (order) => {
    const headers = { authorization: `Bearer ${order.key}`, 'content-type': 'application/json' }
    return (await fetch(`${order.base}/images/generations`, { method: 'POST', headers, body: JSON.stringify(order.body) })).text()
  },
  respond: async (order) => (await client(order).responses.create(order.body)).output_text,
}

await serve(operations, (e) => ({ status: e.status ?? 0, code: e.code ?? '', param: e.param ?? '' }))
