import type { Ask } from '../api/ask'
import type { Picture, Video } from '../api/types'
import { tr } from '../words'

const names: Record<string, string> = {
  upscale: 'Upscale', vary: 'Variations', reroll: 'Reroll', make_square: 'Make square', upscale_subtle: 'Upscale (Subtle)',
  upscale_creative: 'Upscale (Creative)', vary_subtle: 'Vary (Subtle)', vary_strong: 'Vary (Strong)', vary_region: 'Vary (Region)',
  zoom_out_2x: 'Zoom Out 2×', zoom_out_1_5x: 'Zoom Out 1.5×', zoom_custom: 'Custom Zoom', pan_left: 'Pan left', pan_right: 'Pan right',
  pan_up: 'Pan up', pan_down: 'Pan down', animate_low: 'Animate (Low motion)', animate_high: 'Animate (High motion)',
  edit: 'Edit', variation: 'Variation', blend: 'Blend', remix: 'Remix',
}

/** deedName is an action as a person says it; midgate's own word where it has a new one. */
export function deedName(action: string): string {
  return names[action] ? tr(names[action]) : action.replaceAll('_', ' ')
}

/** spoken is an action's name without its brackets, so that it has the words that are seen. */
export function spoken(action: string): string {
  return deedName(action).replace(/[()（）\s]+/g, ' ').trim()
}

/** unnamed are the buttons that midgate has no word for: they can be pressed by their ID. */
export function unnamed(p: Picture): Picture['buttons'] {
  // A bookmark is nothing that is drawn: pressing it makes no picture.
  return p.buttons.filter((b) => !b.action && b.custom_id && (b.label || b.emoji) && !/BOOKMARK/i.test(b.custom_id))
}

const single = ['upscale', 'upscale_subtle', 'upscale_creative']

/** takesWords says whether a button can use other words. */
export function takesWords(action: string): boolean {
  return !single.includes(action) && action !== 'make_square'
}

/** pressing is the request that presses a button of a picture. */
export function pressing(p: Picture, action: string, more: { prompt?: string; zoom?: number; index?: number; custom_id?: string } = {}): Ask {
  const film = action.startsWith('animate')
  const { custom_id, index, ...rest } = more
  return {
    path: `v1/images/${p.id}/actions`,
    title: custom_id ? action : deedName(action),
    kind: film ? 'video' : 'action',
    expected: film || single.includes(action) ? 1 : 4,
    ratio: after(p, action),
    from: p.id,
    json: {
      ...(custom_id ? { custom_id } : { action }),
      ...(index ? { index } : {}),
      ...Object.fromEntries(Object.entries(rest).filter(([, v]) => v)),
      ...(film || single.includes(action) ? {} : { n: 4 }),
      ...(film ? {} : { response_format: 'url' }),
    },
  }
}

/** after is the ratio that an action's pictures will roughly have. */
function after(p: Picture, action: string): [number, number] {
  if (action === 'make_square') return [1, 1]
  if (action === 'pan_left' || action === 'pan_right') return [p.width * 1.5, p.height]
  if (action === 'pan_up' || action === 'pan_down') return [p.width, p.height * 1.5]
  return [p.width, p.height]
}

/** describing asks for prompts that could have made a picture. */
export function describing(p: Picture): Ask {
  return { path: 'v1/images/descriptions', title: tr('Describe'), kind: 'describe', expected: 1, ratio: [p.width, p.height], from: p.id, json: { image: p.id } }
}

/** extending is the request that continues a video. */
export function extending(v: Video, prompt: string): Ask {
  return {
    path: 'v1/videos/extensions', title: tr('Extend'), kind: 'video', expected: 1, ratio: ratioOf(v.size), from: v.id,
    json: { video: { id: v.id }, prompt: prompt || (v.prompt ?? '').replace(/(^|\s)--[a-z].*$/si, '') || 'continue' },
  }
}

/** ratioOf reads WIDTHxHEIGHT. */
export function ratioOf(size: string): [number, number] {
  const [w, h] = size.split('x').map(Number)
  return w && h ? [w, h] : [16, 9]
}
