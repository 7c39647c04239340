// Operations of the Vercel AI SDK, with whichever provider stands in the current folder.
import { readFileSync } from 'node:fs'
import { look, require, serve } from './orders.mjs'

globalThis.AI_SDK_LOG_WARNINGS = false
const { generateImage, generateText, streamText, RetryError } = require('ai')

// The providers for OpenAI itself ask for base64 by their own rules and speak to /v1/responses unless told otherwise; the
// provider for compatible servers passes all settings on and speaks to /v1/chat/completions.
const providers = {
  openai: (order) => {
    const p = require('@ai-sdk/openai').createOpenAI({ baseURL: order.base, apiKey: order.key })
    return { image: (model) => p.image(model), chat: (model) => p.chat(model), responses: (model) => p(model), tools: p.tools }
  },
  'openai-compatible': (order) => {
    const p = require('@ai-sdk/openai-compatible').createOpenAICompatible({ name: 'midgate', baseURL: order.base, apiKey: order.key, includeUsage: true })
    return { image: (model) => p.imageModel(model), chat: (model) => p(model) }
  },
  // Azure's addresses have the model in their path, or are OpenAI's behind another beginning.
  azure: (order) => azure(order, { useDeploymentBasedUrls: true, apiVersion: '2025-04-01-preview' }),
  'azure-v1': (order) => azure(order, {}),
  // Chats with modalities answer with pictures as files; the others have them as links in the text.
  openrouter: (order) => {
    const p = require('@openrouter/ai-sdk-provider').createOpenRouter({ baseURL: order.base, apiKey: order.key, compatibility: 'strict' })
    return { image: (model) => p.imageModel(model), chat: (model) => p.chat(model), drawing: (model) => p.chat(model, { extraBody: { modalities: ['image', 'text'] } }) }
  },
}
const azure = (order, how) => {
  const p = require('@ai-sdk/azure').createAzure({ baseURL: order.base.replace(/v1$/, 'openai'), apiKey: order.key, ...how })
  return { image: (model) => p.image(model), chat: (model) => p.chat(model), responses: (model) => p(model), tools: p.tools }
}
const ours = providers[process.argv[2]]

const draw = async (order, prompt) => {
  const { model = 'midjourney', n, size, prompt: _, ...more } = order.body
  const { drawing } = ours(order)
  if (drawing && !n && !size) return drawInChat(drawing(model), typeof prompt === 'string' ? [] : prompt.images, prompt.text ?? prompt)
  const { images } = await generateImage({ model: ours(order).image(model), prompt, n, size, providerOptions: { midgate: more } })
  return images.map((i) => look(i.uint8Array, { b64: true }))
}

// Pictures that a chat brings beside its text.
const drawInChat = async (model, images, text) => {
  const { files } = await generateText({ model, messages: [{ role: 'user', content: [{ type: 'text', text }, ...images.map((data) => ({ type: 'file', data, mediaType: 'image/png' }))] }] })
  return files.map((f) => look(f.uint8Array, { b64: true }))
}

// The library has its own words for a picture in a question.
const part = (p) => (p.type === 'image_url' ? { type: 'file', data: p.image_url.url, mediaType: 'image/png' } : p)
const spoken = (m) => (typeof m.content === 'string' ? m : { ...m, content: m.content.map(part) })
const asked = (order) => ({ model: ours(order).chat(order.body.model), messages: order.body.messages.map(spoken) })

const operations = {
  generate: (order) => draw(order, order.body.prompt),
  edit: (order) => draw(order, { text: order.body.prompt, images: [readFileSync(order.image)], mask: order.mask ? readFileSync(order.mask) : undefined }),
  stream: async (order) => {
    const { responses, tools, drawing } = ours(order)
    const { fullStream } = streamText({
      model: drawing ? drawing(order.body.model) : responses('gpt-5'), prompt: order.body.prompt, onError: () => {},
      tools: drawing ? undefined : { image_generation: tools.imageGeneration({ model: order.body.model, partialImages: order.body.partial_images }) },
    })
    const seen = []
    for await (const part of fullStream) {
      if (part.type === 'error') throw part.error
      if (part.type === 'tool-result') seen.push({ type: part.preliminary ? 'partial' : 'completed', b64: Boolean(part.output.result) })
      if (part.type === 'file') seen.push({ type: 'completed', b64: part.file.uint8Array.length > 0 })
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
