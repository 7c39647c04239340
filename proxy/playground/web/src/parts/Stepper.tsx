import { Minus, Plus } from './icons'
import { tr } from '../words'

/** Stepper is a small number with a button on either side. */
export function Stepper(props: { label: string; value: number; min: number; max: number; onChange: (n: number) => void }) {
  const { value, min, max } = props
  return (
    <div class="stepper" role="group" aria-label={props.label}>
      <button type="button" aria-label={tr('Fewer')} disabled={value <= min} onClick={() => props.onChange(value - 1)}>
        <Minus />
      </button>
      <output aria-live="polite">{value}</output>
      <button type="button" aria-label={tr('One more')} disabled={value >= max} onClick={() => props.onChange(value + 1)}>
        <Plus />
      </button>
    </div>
  )
}
