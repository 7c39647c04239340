/** One file of an archive. */
export interface Entry {
  name: string
  data: Uint8Array<ArrayBuffer>
  made: Date
}

/** zip packs files as they are: pictures are compressed already. */
export function zip(entries: Entry[]): Blob {
  const parts: Uint8Array<ArrayBuffer>[] = []
  const index: Uint8Array<ArrayBuffer>[] = []
  let at = 0
  for (const e of entries) {
    const name = new TextEncoder().encode(e.name)
    const crc = crc32(e.data)
    const common = [20, 0x0800, 0, ...dated(e.made), crc, e.data.length, e.data.length, name.length, 0] // UTF-8 names, stored
    const sizes = [2, 2, 2, 2, 2, 4, 4, 4, 2, 2]
    const head = pack([4, ...sizes], [0x04034b50, ...common])
    parts.push(head, name, e.data)
    index.push(pack([4, 2, ...sizes, 2, 2, 2, 4, 4], [0x02014b50, 20, ...common, 0, 0, 0, 0, at]), name)
    at += head.length + name.length + e.data.length
  }
  const length = index.reduce((n, b) => n + b.length, 0)
  const end = pack([4, 2, 2, 2, 2, 4, 4, 2], [0x06054b50, 0, 0, entries.length, entries.length, length, at, 0])
  return new Blob([...parts, ...index, end], { type: 'application/zip' })
}

/** dated is a time of the visitor's clock and its day, as archives write them. */
function dated(d: Date): [number, number] {
  return [(d.getHours() << 11) | (d.getMinutes() << 5) | (d.getSeconds() >> 1), ((d.getFullYear() - 1980) << 9) | ((d.getMonth() + 1) << 5) | d.getDate()]
}

function pack(sizes: number[], values: number[]): Uint8Array<ArrayBuffer> {
  const bytes = new DataView(new ArrayBuffer(sizes.reduce((n, s) => n + s, 0)))
  let at = 0
  sizes.forEach((size, i) => {
    if (size === 2) bytes.setUint16(at, values[i]!, true)
    else bytes.setUint32(at, values[i]!, true)
    at += size
  })
  return new Uint8Array(bytes.buffer)
}

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1
  return n
})

function crc32(data: Uint8Array): number {
  let c = 0xffffffff
  for (const b of data) c = (c >>> 8) ^ table[(c ^ b) & 0xff]!
  return (c ^ 0xffffffff) >>> 0
}
