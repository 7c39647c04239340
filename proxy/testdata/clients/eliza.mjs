// Operations of the OpenAI plugin of elizaOS, which calls its models by their use.
import { look, require, serve } from './orders.mjs'

globalThis.AI_SDK_LOG_WARNINGS = false
process.env.LOG_LEVEL = 'fatal'
const { default: plugin } = require('@elizaos/plugin-openai')

const runtime = (order) => {
  const settings = {
    OPENAI_API_KEY: order.key, OPENAI_BASE_URL: order.base, OPENAI_LARGE_MODEL: 'midjourney', OPENAI_IMAGE_DESCRIPTION_MODEL: 'midjourney',
    OPENAI_IMAGE_MODEL: order.body.model ?? 'midjourney',
  }
  return { getSetting: (name) => settings[name] ?? null, character: {}, emitEvent: () => {} }
}
const use = (order, model, params) => plugin.models[model](runtime(order), params)

const operations = {
  generate: async (order) => {
    const { prompt, n, size } = order.body
    const all = await use(order, 'IMAGE', { prompt, count: n, size })
    return all.map((d) => look(Buffer.from(d.b64_json, 'base64'), { url: d.url ?? null, b64: true }))
  },
  chat: async (order) => {
    const { content } = order.body.messages.at(-1)
    if (typeof content === 'string') return use(order, 'TEXT_LARGE', { prompt: content })
    return (await use(order, 'IMAGE_DESCRIPTION', { prompt: content[0].text, imageUrl: content[1].image_url.url })).description
  },
  chatStream: async (order) => {
    const seen = { text: '', thought: '', end: null }
    const { textStream, finishReason } = await use(order, 'TEXT_LARGE', { prompt: order.body.messages.at(-1).content, stream: true })
    for await (const piece of textStream) seen.text += piece
    seen.end = await finishReason
    return seen
  },
  respond: (order) => use(order, 'TEXT_LARGE', { prompt: order.body.input }),
}

await serve(operations, () => ({}))
