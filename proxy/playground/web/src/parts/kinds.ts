import { tr } from '../words'

/** kindName is what a job or a step of it does, as a person says it. */
export function kindName(kind: string): string {
  switch (kind) {
    case 'generation':
      return tr('Draw')
    case 'vary':
    case 'variation':
      return tr('Vary')
    case 'edit':
      return tr('Edit')
    case 'blend':
      return tr('Blend')
    case 'upscale':
      return tr('Upscale')
    case 'describe':
    case 'description':
      return tr('Describe')
    case 'shorten':
      return tr('Shorten')
    case 'video':
      return tr('Video')
    case 'swap':
      return tr('Swap faces')
    case 'action':
      return tr('Button')
    default:
      return kind
  }
}

/** speedName is one of Midjourney's speeds. */
export function speedName(speed: string): string {
  if (speed === 'relax') return tr('Relax')
  if (speed === 'fast') return tr('Fast')
  if (speed === 'turbo') return tr('Turbo')
  return speed
}

/** statusName is where a job has come to. */
export function statusName(status: string): string {
  if (status === 'queued') return tr('waiting')
  if (status === 'in_progress') return tr('under way')
  if (status === 'completed') return tr('done')
  if (status === 'failed') return tr('failed')
  return status === 'cancelled' ? tr('stopped') : status
}

/** windowName is the time that a budget is for. */
export function windowName(window: string): string {
  if (window === 'day') return tr('Today')
  return window === 'month' ? tr('This month') : tr('In all')
}
