import { effect } from '@preact/signals'
import { change, draft, type Draft, type Reference } from './draft'
import { putAway, takeOut } from './drawer'
import { keep, recall } from './storage'

/** keepDraft brings back what the composer held when the page was left, and keeps what it holds from now on. Pictures of
 * the visitor's own are files, which have their own place. */
export async function keepDraft(): Promise<void> {
  const kept = read()
  if (kept) change(kept)
  let files = draft.value.references
  effect(() => {
    const { references, ...rest } = draft.value
    keep('draft', JSON.stringify({ ...rest, references: references.filter((r) => !own(r)) }))
    if (references === files) return
    files = references
    void putAway('references', references.filter(own))
  })
  const brought = (await takeOut<Reference[]>('references')) ?? []
  const here = draft.value.references
  const missing = brought.filter((b) => !here.some((r) => r.value === b.value))
  if (missing.length > 0) change({ references: [...here, ...missing] })
}

function own(r: Reference): boolean {
  return r.value.startsWith('data:')
}

/** read is the draft as it was kept; fields of another shape than today's are left out. */
function read(): Partial<Draft> | null {
  try {
    const kept = JSON.parse(recall('draft') ?? 'null') as Record<string, unknown> | null
    const now = draft.value as unknown as Record<string, unknown>
    return kept && (Object.fromEntries(Object.entries(kept).filter(([k, v]) => typeof v === typeof now[k] && v !== null)) as Partial<Draft>)
  } catch {
    return null
  }
}
