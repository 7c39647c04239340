import { useState } from 'preact/hooks'
import { film } from '../api/base'
import { tr } from '../words'

interface Props {
  id: string
  class?: string
  style?: Record<string, string | number>
  quiet?: boolean // a tile: no controls, nothing for screen readers
}

/** A tile's video plays while the pointer is on it. */
const play = (e: MouseEvent) => void (e.currentTarget as HTMLVideoElement).play().catch(() => undefined)
const pause = (e: MouseEvent) => (e.currentTarget as HTMLVideoElement).pause()

/** Film shows a video. What an account on Discord animates is a moving picture, which a video element does not play. */
export function Film({ id, quiet, ...rest }: Props) {
  const [moving, setMoving] = useState('')
  if (moving === id) return <img {...rest} src={film(id, 'webp')} alt={quiet ? '' : tr('The video')} />
  const how = quiet
    ? { preload: 'metadata' as const, loop: true, tabIndex: -1, 'aria-hidden': true as const, onMouseEnter: play, onMouseLeave: pause }
    : { controls: true, loop: true, autoplay: true }
  return <video {...rest} {...how} key={id} src={film(id)} muted playsInline onError={() => setMoving(id)} />
}
