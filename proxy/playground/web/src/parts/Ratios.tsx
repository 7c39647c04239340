import { ratios, sides } from '../state/draft'
import { tr } from '../words'

/** Ratios lets a ratio be chosen by its shape. */
export function Ratios(props: { value: string; onChange: (ratio: string) => void }) {
  return (
    <fieldset class="ratios">
      <legend class="sr">{tr('Ratio')}</legend>
      {(ratios.includes(props.value) || !props.value ? ratios : [props.value, ...ratios]).map((r) => (
        <label key={r} class="ratio" title={r}>
          <input type="radio" name="ratio" class="sr" value={r} checked={props.value === r} onChange={() => props.onChange(r)} />
          <Shape ratio={r} />
          <span>{r}</span>
        </label>
      ))}
    </fieldset>
  )
}

/** Shape is a rectangle of that ratio; all have about the same area. */
function Shape({ ratio }: { ratio: string }) {
  const [w, h] = sides(ratio)
  const scale = 15 / Math.sqrt(w * h)
  const width = Math.min(24, w * scale)
  const height = Math.min(22, h * scale)
  return (
    <svg viewBox="0 0 26 24" width="26" height="24" aria-hidden="true">
      <rect x={13 - width / 2} y={12 - height / 2} width={width} height={height} rx="2.5" />
    </svg>
  )
}
