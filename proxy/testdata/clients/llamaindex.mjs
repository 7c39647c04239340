// Operations of LlamaIndex: its chat model, and its model for the Responses API with the tool that draws.
import { readFileSync } from 'node:fs'
import { look, require, serve } from './orders.mjs'

const { OpenAI, OpenAIResponses } = require('@llamaindex/openai')

const settings = (order) => ({ model: order.body.model ?? 'midjourney', apiKey: order.key, baseURL: order.base, maxRetries: 2 })
const chat = (order) => new OpenAI(settings(order))
const drawing = (order, tool) => new OpenAIResponses({ ...settings(order), builtInTools: [{ type: 'image_generation', ...tool }] })

const drawn = (response) => response.message.content.filter((c) => c.type === 'image').map((c) => look(Buffer.from(c.data, 'base64'), { b64: true }))
const text = (message) => (typeof message.content === 'string' ? message.content : message.content.filter((c) => c.type === 'text').map((c) => c.text).join(''))
const address = (path) => ({ type: 'image_url', image_url: { url: 'data:image/png;base64,' + readFileSync(path).toString('base64') } })
// Its chat model sends a picture of the library's own form as a file.
const part = (p) => (p.type === 'image_url' ? { type: 'image', data: p.image_url.url.split(',')[1], mimeType: 'image/png' } : p)
const said = (m) => (typeof m.content === 'string' ? m : { ...m, content: m.content.map(part) })

const operations = {
  generate: async (order) => {
    const { prompt, model, response_format: _, ...tool } = order.body
    return drawn(await drawing(order, { model, ...tool }).chat({ messages: [{ role: 'user', content: prompt }] }))
  },
  edit: async (order) => drawn(await drawing(order).chat({ messages: [{ role: 'user', content: [{ type: 'text', text: order.body.prompt }, address(order.image)] }] })),
  chat: async (order) => (await chat(order).chat({ messages: order.body.messages.map(said) })).message.content,
  chatStream: async (order) => {
    const seen = { text: '', thought: '', end: null }
    for await (const chunk of await chat(order).chat({ messages: order.body.messages.map(said), stream: true })) {
      seen.text += chunk.delta
      seen.end = chunk.raw.choices[0]?.finish_reason ?? seen.end
    }
    return seen
  },
  respond: async (order) => text((await new OpenAIResponses(settings(order)).chat({ messages: [{ role: 'user', content: order.body.input }] })).message),
}

await serve(operations, (e) => ({ status: e.status ?? 0, code: e.code ?? '', param: e.param ?? '' }))
