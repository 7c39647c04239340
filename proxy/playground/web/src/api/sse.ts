/** One event of a stream. */
export interface ServerEvent {
  type: string
  [field: string]: unknown
}

/** events reads a stream of server-sent events whose data is JSON; comments, which only keep the line open, are left out. */
export async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader()
  let rest: string[] = [] // pieces without a blank line: a picture's event comes in very many
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    rest.push(value)
    if (!/\n\r?\n/.test((rest.at(-2) ?? '').slice(-3) + value)) continue
    const frames = rest.join('').split(/\r?\n\r?\n/)
    rest = [frames.pop() ?? '']
    for (const frame of frames) {
      const event = parse(frame)
      if (event) yield event
    }
  }
}

function parse(frame: string): ServerEvent | null {
  let name = ''
  let data = ''
  for (const line of frame.split(/\r?\n/)) {
    if (line.startsWith('event:')) name = line.slice(6).trim()
    if (line.startsWith('data:')) data += line.slice(5).trim()
  }
  if (!data || data === '[DONE]') return null
  const fields = JSON.parse(data)
  return { type: name, ...fields, ...(fields.error ? { type: 'error' } : {}) }
}
