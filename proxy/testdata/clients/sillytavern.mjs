// Operations of SillyTavern: its server as it is, and what its page sends to it.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { download, look, require, serve } from './orders.mjs'

const home = mkdtempSync(join(tmpdir(), 'sillytavern-'))
const config = join(home, 'config.yaml')
writeFileSync(config, 'skipContentCheck: true\nwhitelistDockerHosts: false\nlogging: { minLogLevel: 4 }\n')
writeFileSync(join(home, 'cookie-secret.txt'), 'secret')
const server = fork(require.resolve('sillytavern'), ['--configPath', config, '--dataRoot', home, '--port', '0', '--browserLaunchEnabled', 'false'], {
  cwd: home, execArgv: ['--import', new URL('sillytavern-host.mjs', import.meta.url)], stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
})
server.on('exit', () => process.exit(1))

// The page: it gets a token with a cookie, and has the user's key stored.
const page = once(server, 'message').then(async ([port]) => {
  const address = `http://127.0.0.1:${port}`
  const answer = await fetch(address + '/csrf-token')
  const cookie = answer.headers.getSetCookie().map((c) => c.split(';')[0]).join('; ')
  return { address, headers: { 'Content-Type': 'application/json', Cookie: cookie, 'X-CSRF-Token': (await answer.json()).token } }
})
const post = async (path, body, service = '') => {
  const { address, headers } = await page
  return fetch(address + path, { method: 'POST', headers: { ...headers, 'X-Service': service }, body: JSON.stringify(body) })
}
const stored = {}
const store = (key) => (stored[key] ??= Promise.all(['api_key_openai', 'api_key_custom'].map((name) => post('/api/secrets/write', { key: name, value: key }))))

// Its user is shown the text of an answer that is no success: the service's own, or a word of the server's.
const refused = (status, text) => {
  let error = {}
  try {
    error = JSON.parse(text).error ?? {}
  } catch {}
  if (!error.message || error.type === 'system') status = 0 // of a broken connection
  return Object.assign(new Error(error.message ?? text), { status, error })
}
const ask = async (order, path, body) => {
  await store(order.key)
  const answer = await post(path, body, order.base)
  if (!answer.ok) throw refused(answer.status, await answer.text())
  return answer
}
const json = async (order, path, body) => {
  const data = await (await ask(order, path, body)).json()
  if (data.error) throw refused(0, JSON.stringify(data))
  return data
}

const settings = {
  temperature: 1, frequency_penalty: 0, presence_penalty: 0, top_p: 1, max_tokens: 300, user_name: 'You', char_name: 'Assistant', group_names: [],
  include_reasoning: true, reasoning_effort: 'auto', enable_web_search: false, request_images: false, request_image_resolution: '', request_image_aspect_ratio: '',
  custom_prompt_post_processing: '', verbosity: 'auto', seed: -1, stop: ['\nYou:'],
}
const custom = (order) => ({ chat_completion_source: 'custom', custom_url: order.base, custom_include_body: '', custom_exclude_body: '', custom_include_headers: '' })
const proxied = (order) => ({ chat_completion_source: 'openai', reverse_proxy: order.base, proxy_password: order.key })
const generate = '/api/backends/chat-completions/generate'

// A quiet request is one of its own, such as for a summary.
const said = async (order, source) => {
  const data = await json(order, generate, { ...settings, ...order.body, ...source, type: 'quiet', stream: false })
  return data.choices[0].message.content
}

const operations = {
  ready: () => page,
  models: async (order) => (await json(order, '/api/backends/chat-completions/status', custom(order))).data.map((m) => m.id),
  // The page has a list of OpenAI's models, and asks for one picture; the server passes on what it is given.
  generate: async (order) => {
    const { prompt, n = 1, size = '1024x1024', quality } = order.body
    const model = order.body.model === 'midjourney' ? 'dall-e-3' : order.body.model
    const form = model === 'dall-e-3' ? { quality: quality ?? 'standard', style: 'vivid', response_format: 'b64_json' } : { quality: quality ?? 'auto', moderation: 'low' }
    const { data } = await json(order, '/api/openai/generate-image', { prompt, model, size, n, ...form })
    return data.map((d) => look(Buffer.from(d.b64_json, 'base64'), { b64: true }))
  },
  edit: async (order) => {
    const url = 'data:image/png;base64,' + readFileSync(order.image).toString('base64')
    const content = [{ type: 'text', text: order.body.prompt }, { type: 'image_url', image_url: { url, detail: 'auto' } }]
    const text = await said({ ...order, body: { model: 'midjourney', messages: [{ role: 'user', content }] } }, custom(order))
    return Promise.all([...text.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map((m) => download(m[1])))
  },
  chat: async (order) => {
    const { model, messages } = order.body
    const { content } = messages.at(-1)
    if (typeof content === 'string') return said(order, proxied(order))
    const body = { ...custom(order), api: 'custom', server_url: order.base, model, prompt: content[0].text, image: content[1].image_url.url, reverse_proxy: '', proxy_password: '' }
    return (await json(order, '/api/openai/caption-image', body)).caption
  },
  chatStream: async (order) => {
    const seen = { text: '', thought: '', end: null }
    const answer = await ask(order, generate, { ...settings, ...order.body, ...custom(order), type: 'normal', stream: true })
    let rest = ''
    for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
      const events = (rest + piece).split('\n\n')
      rest = events.pop()
      for (const data of events.flatMap((e) => e.split('\n')).filter((l) => l.startsWith('data: ')).map((l) => l.slice(6))) {
        if (data === '[DONE]') return seen
        const parsed = JSON.parse(data)
        if (parsed.error) throw refused(0, data)
        const { delta, finish_reason } = parsed.choices[0]
        seen.text += delta.content ?? ''
        seen.thought += delta.reasoning_content ?? ''
        seen.end = finish_reason ?? seen.end
      }
    }
    throw new Error('the stream ended early')
  },
}

await serve(operations, (e) => ({ status: e.status ?? 0, code: e.error?.code ?? '', param: e.error?.param ?? '' }))
process.exit()
