import { useState } from 'preact/hooks'
import { film } from '../api/base'

interface Props {
  id: string
  class?: string
  style?: Record<string, string | number>
  quiet?: boolean // a tile: no controls, nothing for screen readers
}

/** Film shows a video. What an account on Discord animates is a moving picture, which a video element does not play. */
export function Film({ id, quiet, ...rest }: Props) {
  const [moving, setMoving] = useState('')
  if (moving === id) return <img {...rest} src={film(id, 'webp')} alt={quiet ? '' : 'The video'} />
  const how = quiet
    ? { preload: 'metadata' as const, tabIndex: -1, 'aria-hidden': true as const }
    : { controls: true, loop: true, autoplay: true }
  return <video {...rest} {...how} key={id} src={film(id)} muted playsInline onError={() => setMoving(id)} />
}
