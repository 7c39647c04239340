// Operations of the Vercel AI SDK, with whichever provider stands in the current folder.
import { readFileSync } from 'node:fs'
import { look, require, serve } from './orders.mjs'

globalThis.AI_SDK_LOG_WARNINGS = false
const { generateImage, generateText, streamText, RetryError } = require('ai')

// The provider for OpenAI itself asks for base64 by its own rules and speaks to /v1/responses unless told otherwise; the
// provider for compatible servers passes all settings on and speaks to /v1/chat/completions.
const ours = process.cwd().endsWith('compatible')
  ? (order) => {
      const p = require('@ai-sdk/openai-compatible').createOpenAICompatible({ name: 'midgate', baseURL: order.base, apiKey: order.key, includeUsage: true })
      return { image: (model) => p.imageModel(model), chat: (model) => p(model) }
    }
  : (order) => {
      const p = require('@ai-sdk/openai').createOpenAI({ baseURL: order.base, apiKey: order.key })
      return { image: (model) => p.image(model), chat: (model) => p.chat(model), responses: (model) => p(model), tools: p.tools }
    }

const draw = async (order, prompt) => {
  const { model = 'midjourney', n, size, prompt: _, ...more } = order.body
  const { images } = await generateImage({ model: ours(order).image(model), prompt, n, size, providerOptions: { midgate: more } })
  return images.map((i) => look(i.uint8Array, { b64: true }))
}

const asked = (order) => ({ model: ours(order).chat(order.body.model), messages: order.body.messages })

const operations = {
  generate: (order) => draw(order, order.body.prompt),
  edit: (order) => draw(order, { text: order.body.prompt, images: [readFileSync(order.image)], mask: order.mask ? readFileSync(order.mask) : undefined }),
  stream: async (order) => {
    const { responses, tools } = ours(order)
    const { fullStream } = streamText({
      model: responses('gpt-5'), prompt: order.body.prompt, onError: () => {},
      tools: { image_generation: tools.imageGeneration({ model: order.body.model, partialImages: order.body.partial_images }) },
    })
    const seen = []
    for await (const part of fullStream) {
      if (part.type === 'error') throw part.error
      if (part.type === 'tool-result') seen.push({ type: part.preliminary ? 'partial' : 'completed', b64: Boolean(part.output.result) })
    }
    return seen
  },
  chat: async (order) => (await generateText(asked(order))).text,
  chatStream: async (order) => {
    const seen = { text: '', thought: '', end: null }
    for await (const part of streamText({ ...asked(order), onError: () => {} }).fullStream) {
      if (part.type === 'error') throw part.error
      if (part.type === 'text-delta') seen.text += part.text
      if (part.type === 'reasoning-delta') seen.thought += part.text
      if (part.type === 'finish') seen.end = part.finishReason
    }
    return seen
  },
  respond: async (order) => (await generateText({ model: ours(order).responses(order.body.model), prompt: order.body.input })).text,
}

await serve(operations, (e) => {
  const last = RetryError.isInstance(e) ? e.lastError : e
  const error = last?.data?.error ?? {}
  return { status: last?.statusCode === 200 ? 0 : (last?.statusCode ?? 0), code: error.code ?? '', param: error.param ?? '', message: String(last?.message) }
})
