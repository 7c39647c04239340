// Operations of n8n's OpenAI node, executed as n8n does: its core prepares the parameters and makes the requests.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { download, look, require, serve } from './orders.mjs'

const inside = (name, path) => require(process.cwd() + `/node_modules/${name}/dist/${path}.js`)
const { Workflow } = require('n8n-workflow')
const core = 'execution-engine/node-execution-context/'
const { ExecuteContext } = inside('n8n-core', core + 'execute-context')
const { LoadOptionsContext } = inside('n8n-core', core + 'load-options-context')
const { InstanceSettings } = inside('n8n-core', 'instance-settings/instance-settings')
const { configureGlobalAxiosDefaults } = require('@n8n/backend-network')
const { Logger } = require('@n8n/backend-common')
const { Container } = require('@n8n/di')
const { OpenAi } = inside('@n8n/n8n-nodes-langchain', 'nodes/vendors/OpenAi/OpenAi.node')
const { configureNodeInputs } = inside('@n8n/n8n-nodes-langchain', 'nodes/vendors/OpenAi/helpers/description')

// An n8n without a folder of its own, which logs nothing.
Container.set(InstanceSettings, { n8nFolder: '' })
const quiet = { debug() {}, info() {}, warn() {}, error() {}, scoped: () => quiet }
Container.set(Logger, quiet)
configureGlobalAxiosDefaults()

const versions = new OpenAi().nodeVersions
// Nothing is connected to the node but what comes before it; n8n would evaluate an expression for that.
for (const v of Object.values(versions)) v.description.inputs = configureNodeInputs('text', 'message')
const nodeTypes = { getByNameAndVersion: (_, version) => versions[version], getKnownTypes: () => ({}) }

// The credentials of a user who has set another address, and what n8n's type of them adds to a request.
const credentials = (order) => ({
  getDecrypted: async () => ({ apiKey: order.key, organizationId: '', url: order.base, header: false }),
  isCredentialUsableByNode: () => true,
  getParentTypes: () => [],
  preAuthentication: async () => undefined,
  authenticate: async ({ apiKey, organizationId }, _, options) => {
    Object.assign((options.headers ??= {}), { Authorization: `Bearer ${apiKey}`, 'OpenAI-Organization': organizationId })
    return options
  },
})

const placed = (order, typeVersion, parameters) => {
  const node = {
    id: 'node', name: 'OpenAI', type: '@n8n/n8n-nodes-langchain.openAi', typeVersion, position: [0, 0], parameters,
    credentials: { openAiApi: { id: '1', name: 'midgate' } },
  }
  const workflow = new Workflow({ id: 'workflow', nodes: [node], connections: {}, active: false, nodeTypes, settings: {} })
  return { workflow, node: workflow.nodes.OpenAI, additionalData: { credentialsHelper: credentials(order), executionId: '1' } }
}

// What the node puts out for one item, which has files by their names.
const run = async (order, typeVersion, parameters, files = {}) => {
  const { workflow, node, additionalData } = placed(order, typeVersion, parameters)
  const binary = Object.fromEntries(Object.entries(files).map(([name, f]) => [name, { mimeType: 'image/png', ...f }]))
  const items = [{ json: {}, binary }]
  const input = { main: [items] }
  const context = new ExecuteContext(workflow, node, additionalData, 'manual', { resultData: { runData: {} } }, 0, items, input, { data: input, node, source: null }, [])
  return (await versions[typeVersion].execute.call(context))[0]
}

const id = (value) => ({ __rl: true, mode: 'id', value })
const file = (path) => ({ fileName: basename(path), data: readFileSync(path).toString('base64') })
const picture = ({ json, binary }) => {
  if (binary) return look(Buffer.from(binary.data.data, 'base64'), { b64: true })
  return json.url ? download(json.url) : look(Buffer.from(json.b64_json, 'base64'), { b64: true })
}

const message = async (order) => {
  const { model, messages } = order.body
  const [{ json }] = await run(order, 1.8, { resource: 'text', operation: 'message', modelId: id(model), messages: { values: messages } })
  return json
}

const operations = {
  // Its list is of all models where the address is not OpenAI's.
  models: async (order) => {
    const { workflow, node, additionalData } = placed(order, 2.3, {})
    const { results } = await versions[2.3].methods.listSearch.modelSearch.call(new LoadOptionsContext(workflow, node, additionalData, ''))
    return results.map((r) => r.value)
  },
  // It offers a number of pictures for one model, and settings for models that it knows.
  generate: async (order) => {
    const { prompt, n, size, model = size ? 'gpt-image-1' : 'midjourney', response_format } = order.body
    const options = { ...(n && { n }), ...(size && { size }), ...(response_format === 'url' && { returnImageUrls: true }) }
    return Promise.all((await run(order, 2.3, { resource: 'image', operation: 'generate', modelId: id(n ? 'dall-e-2' : model), prompt, options })).map(picture))
  },
  // It takes files for models whose names it knows, and sends them under two names.
  edit: async (order) => {
    const files = { data: file(order.image) }
    const parameters = { resource: 'image', operation: 'edit', prompt: order.body.prompt }
    if (order.mask) {
      files.mask = file(order.mask)
      Object.assign(parameters, { modelId: id('gpt-image-1'), images: { values: [{ binaryPropertyName: 'data' }] }, options: { imageMask: 'mask' } })
    } else Object.assign(parameters, { modelId: id('dall-e-2'), binaryPropertyName: 'data' })
    return Promise.all((await run(order, 2.3, parameters, files)).map(picture))
  },
  chat: async (order) => {
    const { content } = order.body.messages.at(-1)
    if (typeof content === 'string') return (await message(order)).message.content
    const parameters = { resource: 'image', operation: 'analyze', modelId: id(order.body.model), text: content[0].text, inputType: 'base64', binaryPropertyName: 'data' }
    const [{ json }] = await run(order, 2.3, parameters, { data: { data: content[1].image_url.url.split(',')[1] } })
    return json[0].content[0].text
  },
  // An answer as a whole, for conversations.
  chatStream: async (order) => {
    const { message: answer, finish_reason } = await message(order)
    return { text: answer.content, thought: '', end: finish_reason }
  },
  respond: async (order) => {
    const responses = { values: [{ type: 'text', role: 'user', content: order.body.input }] }
    const [{ json }] = await run(order, 2.3, { resource: 'text', operation: 'response', modelId: id(order.body.model), responses })
    return json.output[0].content[0].text
  },
}

// Its error keeps the answer of the server as its cause, with status 200 where that broke off.
await serve(operations, (e) => {
  const { status = 0, error } = e.cause ?? {}
  return { status: status < 400 ? 0 : status, code: error?.error?.code ?? '', param: error?.error?.param ?? '' }
})
