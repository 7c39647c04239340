import { picture } from '../api/base'
import type { Picture } from '../api/types'
import { tr } from '../words'
import { Deed } from './Deeds'
import { Down, Left, Right, Up } from './icons'

const sides = [
  { action: 'pan_up', at: 'up', icon: Up },
  { action: 'pan_left', at: 'left', icon: Left },
  { action: 'pan_right', at: 'right', icon: Right },
  { action: 'pan_down', at: 'down', icon: Down },
]

/** Frame is the picture in small with the room around it: its sides are where one pans to, the rings how far one zooms. */
export function Frame({ p, onPress }: { p: Picture; onPress: (action: string) => void }) {
  return (
    <div class="frame-control">
      <div class="frame-sides">
        <img src={picture(p.id, 'jpg', 160)} alt="" />
        {sides.map((s) => <Deed key={s.action} p={p} action={s.action} class={`side ${s.at}`} onPress={onPress}><s.icon /></Deed>)}
      </div>
      <div class="frame-zooms">
        <Deed p={p} action="zoom_out_1_5x" onPress={onPress}>{tr('Zoom out')} 1.5×</Deed>
        <Deed p={p} action="zoom_out_2x" onPress={onPress}>{tr('Zoom out')} 2×</Deed>
        <Deed p={p} action="zoom_custom" onPress={onPress}>{tr('Custom Zoom')}</Deed>
        <Deed p={p} action="make_square" onPress={onPress}>{tr('Make square')}</Deed>
      </div>
    </div>
  )
}
