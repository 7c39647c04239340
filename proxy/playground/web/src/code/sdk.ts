import type { Ask } from '../api/ask'

/** sdkCall is the method of OpenAI's packages that sends such a request; null for midgate's extensions. */
export function sdkCall(ask: Ask): string | null {
  if (ask.path === 'v1/images/generations') return 'images.generate'
  if (ask.path === 'v1/images/edits') return 'images.edit'
  return null
}

/** An argument: a value, or the names of files. */
export type Argument = { value: unknown; file?: undefined } | { value?: undefined; file: string[] }

/** arguments_ tells what the method itself takes from what goes beside it. */
export function arguments_(ask: Ask): { own: Record<string, Argument>; extra: Record<string, unknown> } {
  const own: Record<string, Argument> = {}
  const extra: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(ask.json ?? {})) {
    if (name === 'midjourney') extra[name] = value
    else own[name] = { value }
  }
  for (const f of ask.form ?? []) {
    const name = f.name.replace('[]', '')
    if ('file' in f) own[name] = { file: [...(own[name]?.file ?? []), f.as] }
    else if (name === 'midjourney') extra[name] = f.text
    else own[name] = { value: name === 'n' ? Number(f.text) : f.text }
  }
  return { own, extra }
}
