/** The parameters that can be written into a prompt, as midgate checks them: their short forms, their range, what they do. */
export interface Flag {
  names: string[]
  hint: string
  range?: string
}

export const flags: Flag[] = [
  { names: ['ar', 'aspect'], hint: 'Ratio, width to height', range: '3:2' },
  { names: ['v', 'version'], hint: 'Midjourney’s version', range: '7' },
  { names: ['niji'], hint: 'Version for anime', range: '7' },
  { names: ['stylize', 's'], hint: 'How much of Midjourney’s own taste', range: '0–1000' },
  { names: ['chaos', 'c'], hint: 'How different the four pictures are', range: '0–100' },
  { names: ['weird', 'w'], hint: 'How unusual', range: '0–3000' },
  { names: ['no'], hint: 'What to leave out', range: 'text, people' },
  { names: ['seed'], hint: 'The same seed and words, nearly the same picture', range: '0–4294967295' },
  { names: ['raw'], hint: 'Closer to the words' },
  { names: ['tile'], hint: 'A pattern without seams' },
  { names: ['draft'], hint: 'Quick and cheap' },
  { names: ['fast'], hint: 'Fast hours' },
  { names: ['relax'], hint: 'Slower, without fast hours' },
  { names: ['turbo'], hint: 'Fastest, twice the fast hours' },
  { names: ['iw'], hint: 'Weight of the pictures that go along', range: '0–3' },
  { names: ['sref'], hint: 'Style reference: an address or a number' },
  { names: ['sw'], hint: 'Weight of the style', range: '0–1000' },
  { names: ['oref'], hint: 'Omni reference: an address' },
  { names: ['ow'], hint: 'Weight of the omni reference', range: '1–1000' },
  { names: ['q', 'quality'], hint: 'How long it is worked on', range: '1, 2, 4' },
  { names: ['p', 'profile'], hint: 'Your own taste' },
]

/** What the words of a prompt say of the panel's settings; absent where they say nothing. */
export interface Said {
  ratio?: string
  model?: string
}

const ratio = /(^|\s)--(?:ar|aspect)\s+(\d{1,4}:\d{1,4})(?=\s|$)/i
const version = /(^|\s)--(v|version|niji)\s+(\d+(?:\.\d+)?)(?=\s|$)/i

/** saidBy reads ratio and version in a prompt. */
export function saidBy(prompt: string): Said {
  const said: Said = {}
  const r = ratio.exec(prompt)
  if (r) said.ratio = r[2]
  const v = version.exec(prompt)
  if (v) said.model = v[2]!.toLowerCase() === 'niji' ? `niji-${v[3]}` : `midjourney-v${v[3]}`
  return said
}

/** withRatio writes a ratio over the one that a prompt names; a prompt that names none stays as it is. */
export function withRatio(prompt: string, to: string): string {
  return prompt.replace(ratio, (_, blank) => (to ? `${blank}--ar ${to}` : ''))
}

/** withModel writes a version over the one that a prompt names. */
export function withModel(prompt: string, model: string): string {
  const [, name, number] = /^(midjourney-v|niji-)([\d.]+)$/.exec(model) ?? []
  return prompt.replace(version, (_, blank) => (number ? `${blank}--${name === 'niji-' ? 'niji' : 'v'} ${number}` : ''))
}

/** completing is what may follow where a prompt ends in the beginning of a parameter. */
export function completing(prompt: string): Flag[] {
  const begun = /(?:^|\s)(?:--|—)([a-z]*)$/i.exec(prompt)?.[1]?.toLowerCase()
  if (begun === undefined) return []
  return flags.filter((f) => f.names.some((n) => n.startsWith(begun))).slice(0, 6)
}

/** explaining is the parameter that is being written at the end of a prompt. */
export function explaining(prompt: string): Flag | null {
  const name = /(?:^|\s)--([a-z]+)(?:\s+[^\s-]*)?$/i.exec(prompt)?.[1]?.toLowerCase()
  return flags.find((f) => name && f.names.includes(name)) ?? null
}
