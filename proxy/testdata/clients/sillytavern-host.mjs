// What SillyTavern's server has around it: its parent is told its port, and its data goes when its parent does; and of all
// addresses with https it reaches OpenAI's alone, since it draws nowhere else, where the service is that it is asked about.
import { AsyncLocalStorage } from 'node:async_hooks'
import { EventEmitter } from 'node:events'
import { rmSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'

const home = process.cwd()
const service = new AsyncLocalStorage()

http.Server.prototype.emit = function (event, ...args) {
  if (event === 'listening') process.send(this.address().port)
  return service.run(args[0]?.headers?.['x-service'], () => EventEmitter.prototype.emit.call(this, event, ...args))
}
https.request = (url, options) => http.request(String(url).replace(/^https:\/\/api\.openai\.com\/v1(?=\/)/, () => service.getStore()), options)
process.on('disconnect', () => {
  rmSync(home, { recursive: true, force: true })
  process.exit()
})
