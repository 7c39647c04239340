// Operations of promptfoo's providers for servers like OpenAI's, loaded by their names; its settings are in a folder of the caller.
import { readFileSync } from 'node:fs'
import { download, look, require, serve } from './orders.mjs'

Object.assign(process.env, {
  PROMPTFOO_CONFIG_DIR: process.argv[2], PROMPTFOO_CACHE_ENABLED: 'false', PROMPTFOO_DISABLE_TELEMETRY: '1', PROMPTFOO_DISABLE_UPDATE: '1', LOG_LEVEL: 'none',
})
process.removeAllListeners('warning') // of an interceptor that is still an experiment
const { loadApiProvider } = require('promptfoo')

// An outcome has an output or an error, whose words end in the answer of the server.
const call = async (order, kind, prompt, config) => {
  const { model = 'midjourney' } = order.body
  const provider = await loadApiProvider(`openai:${kind}:${model}`, { options: { config: { apiBaseUrl: order.base, apiKey: order.key, ...config } } })
  const outcome = await provider.callApi(typeof prompt === 'string' ? prompt : JSON.stringify(prompt))
  if (outcome.error) throw new Error(outcome.error)
  return outcome
}

const picture = ({ data }) => (data.startsWith('data:') ? look(Buffer.from(data.split(',')[1], 'base64'), { b64: true }) : download(data))
const address = (path) => ({ type: 'image_url', image_url: { url: 'data:image/png;base64,' + readFileSync(path).toString('base64') } })
const said = (order) => call(order, 'chat', order.body.messages)

const operations = {
  generate: async (order) => {
    const { prompt, model: _, ...config } = order.body
    return Promise.all((await call(order, 'image', prompt, config)).images.map(picture))
  },
  edit: async (order) => {
    const { output } = await call(order, 'chat', [{ role: 'user', content: [{ type: 'text', text: order.body.prompt }, address(order.image)] }])
    return [await download(output.match(/!\[[^\]]*\]\(([^)]+)\)/)[1])]
  },
  chat: async (order) => (await said(order)).output,
  // An answer as a whole, for conversations.
  chatStream: async (order) => {
    const { output, finishReason } = await said(order)
    return { text: output, thought: '', end: finishReason }
  },
  respond: async (order) => (await call(order, 'responses', order.body.input)).output,
}

await serve(operations, (e) => {
  const [, status, body] = e.message.match(/^API error: (\d+) [^\n]*\n(.*)$/s) ?? []
  const error = body ? JSON.parse(body).error : {}
  return { status: Number(status ?? 0), code: error.code ?? '', param: error.param ?? '' }
})
