// A chat program that shows apps, in Chromium: it calls draw, shows the tool's page in a sandbox beside the answer by the
// SDK's own host bridge, and presses a button in it. Arguments: the address and the key. It prints what was to be seen.
import { createServer } from 'node:http'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { rolldown } from 'rolldown'

const [, , url, key] = process.argv
const host = `
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { AppBridge, PostMessageTransport } from '@modelcontextprotocol/ext-apps/app-bridge'
window.run = async (url, key) => {
  const client = new Client({ name: 'host', version: '1' }, { versionNegotiation: { mode: 'auto' } })
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { Authorization: 'Bearer ' + key } } }))
  const tool = (await client.listTools()).tools.find((t) => t.name === 'draw')
  const page = (await client.readResource({ uri: tool._meta.ui.resourceUri })).contents[0]
  const args = { prompt: 'a red fox', wait_seconds: 0 } // the page waits for the job
  const result = await client.callTool({ name: 'draw', arguments: args })
  const frame = document.querySelector('iframe')
  const bridge = new AppBridge(client, { name: 'host', version: '1' }, { openLinks: {}, serverTools: {} })
  const ready = new Promise((resolve) => { bridge.oninitialized = resolve })
  bridge.onsizechange = ({ height }) => { frame.height = height }
  await bridge.connect(new PostMessageTransport(frame.contentWindow, frame.contentWindow))
  frame.srcdoc = page.text
  await ready
  await bridge.sendToolInput({ arguments: args })
  await bridge.sendToolResult(result)
  return page.mimeType
}`
const source = join(process.cwd(), 'host.js') // where its packages are
const bundle = await rolldown({ input: source, platform: 'browser', logLevel: 'silent', plugins: [{ name: 'host', load: (id) => (id === source ? host : null), resolveId: (id) => (id === source ? id : null) }] })
const [{ code }] = (await bundle.generate({ format: 'iife' })).output
const server = createServer((_, res) => {
  res.setHeader('Content-Type', 'text/html')
  res.end('<!doctype html><iframe sandbox="allow-scripts" width="800"></iframe><script>' + code.replaceAll('</script', '<\\/script') + '</script>')
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium-headless-shell', args: ['--no-sandbox'] })
try {
  const tab = await browser.newPage()
  const problems = []
  tab.on('pageerror', (e) => problems.push(String(e)))
  tab.on('console', (m) => m.type() === 'error' && problems.push(m.text()))
  await tab.goto(`http://127.0.0.1:${server.address().port}/`)
  const type = await tab.evaluate(([u, k]) => window.run(u, k), [url, key])
  const app = tab.frameLocator('iframe')
  await app.locator('figure').nth(3).waitFor()
  const first = { pictures: await app.locator('figure').count(), label: await app.locator('.shown').first().getAttribute('aria-label') }
  const face = await app.locator('.shown').first().evaluate((e) => getComputedStyle(e).backgroundImage)
  await app.locator('figure').nth(1).locator('[data-button=vary_strong]').click()
  await app.locator('button:disabled').first().waitFor()
  await app.locator('button:not(:disabled)').first().waitFor()
  await app.locator('figure').nth(3).waitFor()
  const changed = (await app.locator('.shown').first().evaluate((e) => getComputedStyle(e).backgroundImage)) !== face
  console.log(JSON.stringify({ type, ...first, changed, says: await app.locator('#says').textContent(), height: await tab.locator('iframe').getAttribute('height'), problems }))
} finally {
  await browser.close()
  server.close()
}
process.exit(0)
