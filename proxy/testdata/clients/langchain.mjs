// Operations of LangChain.js: its picture tool, and its chat model with and without the tool of the Responses API.
import { readFileSync } from 'node:fs'
import { download, look, require, serve } from './orders.mjs'

const { AzureChatOpenAI, ChatOpenAI, DallEAPIWrapper, tools } = require('@langchain/openai')

// Of Azure there is a chat model only, which names a model of its own beside the deployment; whoever wants pictures gives
// the picture tool the deployment's address.
const azure = process.argv[2] === 'azure'
const endpoint = (order) => order.base.replace(/\/v1$/, '')
const deployment = (order, model) => (azure ? `${endpoint(order)}/openai/deployments/${model}` : order.base)

// Six repeats of a chat, the default, take a minute: two say the same.
const chat = (order, more = {}) => {
  const model = order.body.model ?? 'midjourney'
  if (!azure) return new ChatOpenAI({ model, apiKey: order.key, configuration: { baseURL: order.base }, maxRetries: 2, ...more })
  const { model: _, ...settings } = more
  return new AzureChatOpenAI({
    azureOpenAIApiKey: order.key, azureOpenAIEndpoint: endpoint(order), azureOpenAIApiDeploymentName: model, azureOpenAIApiVersion: '2025-04-01-preview', maxRetries: 2, ...settings,
  })
}

const fromBase64 = (text) => look(Buffer.from(text, 'base64'), { b64: true })
const picture = (d) => (/^https?:/.test(d.url ?? d) ? download(d.url ?? d) : fromBase64(d.url ?? d))
const dataURL = (path) => 'data:image/png;base64,' + readFileSync(path).toString('base64')
const drawn = (message) => message.additional_kwargs.tool_outputs.filter((o) => o.type === 'image_generation_call')

const operations = {
  generate: async (order) => {
    const { prompt, model = 'midjourney', n = 1, size, response_format: format = 'url' } = order.body
    const wrapper = new DallEAPIWrapper({ apiKey: order.key, baseUrl: deployment(order, model), model, n, size, dallEResponseFormat: format })
    const answer = await wrapper.invoke(prompt)
    return Promise.all((Array.isArray(answer) ? answer.map((part) => part.image_url) : [answer]).map(picture))
  },
  edit: async (order) => {
    const answer = await chat(order, { useResponsesApi: true }).invoke(
      [{ role: 'user', content: [{ type: 'text', text: order.body.prompt }, { type: 'image_url', image_url: { url: dataURL(order.image) } }] }],
      { tools: [tools.imageGeneration(order.mask ? { inputImageMask: { imageUrl: dataURL(order.mask) } } : {})] },
    )
    return drawn(answer).map((o) => fromBase64(o.result))
  },
  stream: async (order) => {
    const seen = []
    const parts = await chat(order, { model: 'gpt-5', useResponsesApi: true }).stream(order.body.prompt, { tools: [tools.imageGeneration({ partialImages: order.body.partial_images })] })
    for await (const part of parts) for (const o of part.additional_kwargs.tool_outputs ?? []) seen.push({ type: o.status, b64: Boolean(o.result) })
    return seen
  },
  chat: async (order) => (await chat(order).invoke(order.body.messages)).content,
  chatStream: async (order) => {
    const seen = { text: '', thought: '', end: null }
    for await (const chunk of await chat(order).stream(order.body.messages)) {
      seen.text += chunk.content
      seen.thought += chunk.additional_kwargs.reasoning_content ?? ''
      seen.end = chunk.response_metadata.finish_reason ?? seen.end
    }
    return seen
  },
  respond: async (order) => (await chat(order, { useResponsesApi: true }).invoke(order.body.input)).text,
}

await serve(operations, (e) => ({ status: e.status ?? 0, code: e.code ?? '', param: e.param ?? '' }))
