import { signal } from '@preact/signals'

/** The picture whose tools a long press has brought up; empty while none are shown. */
export const held = signal('')
