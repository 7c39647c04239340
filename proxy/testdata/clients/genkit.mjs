// Operations of Genkit with its plugin for servers like OpenAI's: the models that draw, and those that talk.
import { readFileSync } from 'node:fs'
import { download, look, require, serve } from './orders.mjs'

const { genkit } = require('genkit')
const { compatOaiImageModelRef, defineCompatOpenAIImageModel, defineCompatOpenAIModel, compatOaiModelRef, openAICompatible } = require('@genkit-ai/compat-oai')

const resolver = (client, type, name) =>
  name.startsWith('draw-')
    ? defineCompatOpenAIImageModel({ name: name.slice(5), client, modelRef: { ...compatOaiImageModelRef({ name: `midgate/${name}` }), configSchema: undefined } })
    : defineCompatOpenAIModel({ name, client, modelRef: compatOaiModelRef({ name: `midgate/${name}` }) })
const kit = (order) => genkit({ plugins: [openAICompatible({ name: 'midgate', apiKey: order.key, baseURL: order.base, resolver })] })

const picture = (url) => (url.startsWith('data:') ? look(Buffer.from(url.split(',')[1], 'base64'), { b64: true }) : download(url))
const dataURL = (path) => 'data:image/png;base64,' + readFileSync(path).toString('base64')
const part = (p) => (p.type === 'image_url' ? { media: { url: p.image_url.url, contentType: 'image/png' } } : { text: p.text })
const said = (m) => ({ role: m.role === 'assistant' ? 'model' : m.role, content: typeof m.content === 'string' ? [{ text: m.content }] : m.content.map(part) })
const asked = (order) => ({ model: `midgate/${order.body.model}`, messages: order.body.messages.map(said) })

const operations = {
  generate: async (order) => {
    const { prompt, model = 'midjourney', ...config } = order.body
    const { message } = await kit(order).generate({ model: `midgate/draw-${model}`, prompt, config })
    return Promise.all(message.content.map((c) => picture(c.media.url)))
  },
  edit: async (order) => {
    const { text } = await kit(order).generate({ model: 'midgate/midjourney', prompt: [{ media: { url: dataURL(order.image), contentType: 'image/png' } }, { text: order.body.prompt }] })
    return [await download(text.match(/!\[[^\]]*\]\(([^)]+)\)/)[1])]
  },
  chat: async (order) => (await kit(order).generate(asked(order))).text,
  chatStream: async (order) => {
    const seen = { text: '', thought: '', end: null }
    const { stream, response } = kit(order).generateStream(asked(order))
    for await (const chunk of stream) {
      seen.text += chunk.text
      seen.thought += chunk.reasoning ?? ''
    }
    seen.end = (await response).finishReason
    return seen
  },
}

// Its own errors wrap the library's, or keep its words only.
await serve(operations, (e) => {
  const last = e.cause ?? e.originalMessage?.cause ?? e
  return { status: last.status === undefined || typeof last.status === 'string' ? 0 : last.status, code: last.code ?? '', param: last.param ?? '' }
})
