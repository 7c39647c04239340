// Reads orders from standard input, one JSON document a line, does them as they come, and prints what a library made of
// each answer as one line of JSON with the order's id.
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

// Packages come from the current folder.
export const require = createRequire(process.cwd() + '/')

// look is a picture as the caller of a library has it: bytes, and the address if it got one.
export const look = (bytes, { url = null, b64 = false } = {}) => ({
  url, b64, start: Buffer.from(bytes.subarray(0, 8)).toString('hex'), sha: createHash('sha256').update(bytes).digest('hex'),
})

export const download = async (url) => look(Buffer.from(await (await fetch(url)).arrayBuffer()), { url })

// serve does orders with the library's operations; told is what its errors tell their user.
export const serve = async (operations, told) => {
  for await (const line of createInterface({ input: process.stdin })) {
    const order = JSON.parse(line)
    Promise.resolve()
      .then(() => operations[order.op](order))
      .then((value) => ({ ok: true, value }), (e) => ({ ok: false, status: 0, code: '', param: '', message: String(e.message ?? e), ...told(e) }))
      .then((outcome) => console.log(JSON.stringify({ id: order.id, ...outcome })))
  }
}
