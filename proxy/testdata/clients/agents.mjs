// One client of the Model Context Protocol, as an agent uses it: it draws without waiting, waits, zooms out, edits a region
// and makes a video. It prints what it got of each answer. The arguments are the client's name, the address and the key.
const [, , name, url, key, only] = process.argv
const headers = { Authorization: `Bearer ${key}` }
const who = { name: 'test', version: '1' }

// What a result has, in the protocol's own form.
const plain = (r) => ({
  text: (r.content ?? []).filter((c) => c.type === 'text').map((c) => c.text).join('\n'),
  picture: (r.content ?? []).some((c) => c.type === 'image' && c.mimeType === 'image/jpeg'),
  data: r._meta?.['midgate/result'] !== undefined,
})

const clients = {
  async sdk() {
    const { Client } = await import('@modelcontextprotocol/sdk/client/index.js')
    const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js')
    const c = new Client(who)
    await c.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }))
    return { call: async (tool, args) => plain(await c.callTool({ name: tool, arguments: args })), close: () => c.close() }
  },
  async client() {
    const { Client, StreamableHTTPClientTransport } = await import('@modelcontextprotocol/client')
    const c = new Client(who, { versionNegotiation: { mode: 'auto' } })
    await c.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers } }))
    return { call: async (tool, args) => plain(await c.callTool({ name: tool, arguments: args })), close: () => c.close() }
  },
  async ai() {
    const { createMCPClient } = await import('@ai-sdk/mcp')
    const c = await createMCPClient({ transport: { type: 'http', url, headers } })
    const tools = await c.tools()
    return { call: async (tool, args) => plain(await tools[tool].execute(args, { messages: [], toolCallId: 'x' })), close: () => c.close() }
  },
  async agents() {
    const { MCPServerStreamableHttp } = await import('@openai/agents')
    const s = new MCPServerStreamableHttp({ name: 'midgate', url, requestInit: { headers } })
    await s.connect()
    return { call: async (tool, args) => plain({ content: await s.callTool(tool, args) }), close: () => s.close() }
  },
  async remote() {
    const { Client } = await import('@modelcontextprotocol/sdk/client/index.js')
    const { StdioClientTransport } = await import('@modelcontextprotocol/sdk/client/stdio.js')
    const c = new Client(who)
    await c.connect(new StdioClientTransport({
      command: process.execPath, args: ['node_modules/mcp-remote/dist/proxy.js', url, '--header', 'Authorization:${AUTH}', '--allow-http', '--transport', 'http-only'],
      env: { ...process.env, AUTH: headers.Authorization }, stderr: 'ignore',
    }))
    return { call: async (tool, args) => plain(await c.callTool({ name: tool, arguments: args })), close: () => c.close() }
  },
  async langchain() {
    const { MultiServerMCPClient } = await import('@langchain/mcp-adapters')
    const c = new MultiServerMCPClient({ mcpServers: { midgate: { transport: 'http', url, headers } } })
    const tools = Object.fromEntries((await c.getTools()).map((t) => [t.name, t]))
    return {
      call: async (tool, args) => {
        const m = await tools[tool].invoke({ type: 'tool_call', id: 'x', name: tool, args })
        const content = Array.isArray(m.content) ? m.content : [JSON.parse(m.content)] // one block alone becomes its JSON
        return {
          text: content.filter((b) => b.type === 'text').map((b) => b.text).join('\n'),
          picture: content.some((b) => b.type === 'image_url' || b.type === 'image'),
          data: JSON.stringify(m.artifact ?? null).includes('midgate/result') || JSON.stringify(m).includes('midgate/result'),
        }
      },
      close: () => c.close(),
    }
  },
  async mastra() {
    const { MCPClient } = await import('@mastra/mcp')
    const c = new MCPClient({ servers: { midgate: { url: new URL(url), requestInit: { headers } } } })
    const tools = await c.listTools()
    return { call: async (tool, args) => plain(await tools[`midgate_${tool}`].execute(args, {})), close: () => c.disconnect() }
  },
}

const c = await clients[name]()
const steps = []
const step = async (tool, args) => {
  let got = await c.call(tool, args)
  while (/call get_job with \{"job":"(job_\w+)"\}/i.test(got.text)) {
    const job = got.text.match(/"job":"(job_\w+)"/)[1]
    steps.push({ tool, waits: true, ...got })
    tool = 'get_job'
    got = await c.call(tool, { job })
  }
  steps.push({ tool, ...got })
  return got
}
if (only) {
  await step('draw', { prompt: only })
} else {
  const drawn = await step('draw', { prompt: 'a red fox', wait_seconds: 0 })
  const picture = drawn.text.match(/img_\w{26}/g)?.[2]
  await step('press_button', { picture, button: 'zoom_out_2x' })
  await step('edit_picture', { picture, prompt: 'a hat', region: [{ left: 30, top: 0, width: 40, height: 30 }] })
  await step('make_video', { picture, prompt: 'it looks up' })
}
await c.close()
console.log(JSON.stringify(steps))
process.exit(0)
