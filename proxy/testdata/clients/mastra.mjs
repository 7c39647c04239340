// Operations of an agent of Mastra with a model by its address.
import { readFileSync } from 'node:fs'
import { download, require, serve } from './orders.mjs'

const { Agent } = require('@mastra/core/agent')

// An agent logs each error whole, unless it is told not to.
const quiet = { debug() {}, info() {}, warn() {}, error() {}, trackException() {}, getTransports: () => new Map(), listLogs: async () => ({ logs: [] }) }
const agent = (order) => {
  const made = new Agent({
    id: 'artist', name: 'artist', instructions: 'Draw what you are told.',
    model: { providerId: 'midgate', modelId: order.body.model ?? 'midjourney', url: order.base, apiKey: order.key },
  })
  made.__setLogger(quiet)
  return made
}
const file = (url) => ({ type: 'file', data: url, mediaType: 'image/png' })
const part = (p) => (p.type === 'image_url' ? file(p.image_url.url) : p)
const said = (m) => (typeof m.content === 'string' ? m : { ...m, content: m.content.map(part) })

const operations = {
  generate: async (order) => links((await agent(order).generate(order.body.prompt)).text),
  edit: async (order) => {
    const url = 'data:image/png;base64,' + readFileSync(order.image).toString('base64')
    return links((await agent(order).generate([{ role: 'user', content: [{ type: 'text', text: order.body.prompt }, file(url)] }])).text)
  },
  chat: async (order) => (await agent(order).generate(order.body.messages.map(said))).text,
  chatStream: async (order) => {
    const seen = { text: '', thought: '', end: null }
    const answer = await agent(order).stream(order.body.messages.map(said))
    for await (const part of answer.fullStream) {
      if (part.type === 'error') throw part.payload.error
      if (part.type === 'text-delta') seen.text += part.payload.text
      if (part.type === 'reasoning-delta') seen.thought += part.payload.text
    }
    seen.end = await answer.finishReason
    return seen
  },
}

const links = (text) => Promise.all([...text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map((m) => download(m[1])))

await serve(operations, (e) => {
  const last = e.statusCode ? e : (e.cause ?? e)
  const error = last.data?.error ?? {}
  return { status: last.statusCode ?? 0, code: error.code ?? '', param: error.param ?? '' }
})
