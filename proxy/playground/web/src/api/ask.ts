/** One field of a form: a text, or a file with its name. */
export type Field = { name: string; text: string } | { name: string; file: Blob; as: string }

/** A request that costs money, as the API takes it: what is sent, and what is shown as its code. */
export interface Ask {
  path: string // below midgate's root, e.g. v1/images/generations
  json?: Record<string, unknown>
  form?: Field[]
  /** What the visitor sees of it. */
  title: string
  kind: 'draw' | 'blend' | 'edit' | 'action' | 'video' | 'describe'
  /** How many pictures are expected, and their ratio, for the places that wait for them. */
  expected: number
  ratio: [number, number]
  /** The picture or video it began with. */
  from?: string
}

/** body is what send takes; extra fields are those of this attempt, such as stream. */
export function body(ask: Ask, extra: Record<string, unknown> = {}): { json?: unknown; form?: FormData } {
  if (!ask.form) return { json: { ...ask.json, ...extra } }
  const form = new FormData()
  for (const f of ask.form) {
    if ('file' in f) form.append(f.name, f.file, f.as)
    else form.append(f.name, f.text)
  }
  for (const [name, value] of Object.entries(extra)) form.append(name, String(value))
  return { form }
}
