/** What was done to a mask, one after the other: undoing is leaving the last one out. */
export type Deed =
  | { kind: 'stroke'; erase: boolean; width: number; points: [number, number][] }
  | { kind: 'invert' }
  | { kind: 'clear' }

/** The colour of painted areas on the screen. In the mask that is sent they are holes. */
const paint = '#5b4bff'

/** replay paints all deeds on an empty canvas. */
export function replay(canvas: HTMLCanvasElement, deeds: Deed[]): void {
  const ctx = canvas.getContext('2d')!
  ctx.globalCompositeOperation = 'source-over'
  ctx.clearRect(0, 0, canvas.width, canvas.height)
  for (const d of deeds) apply(ctx, d)
}

/** apply paints one deed on what is there. */
export function apply(ctx: CanvasRenderingContext2D, d: Deed): void {
  const { width, height } = ctx.canvas
  if (d.kind === 'clear') return ctx.clearRect(0, 0, width, height)
  ctx.fillStyle = ctx.strokeStyle = paint
  if (d.kind === 'invert') {
    ctx.globalCompositeOperation = 'source-out'
    return ctx.fillRect(0, 0, width, height)
  }
  segment(ctx, d, 0)
}

/** segment paints a stroke from one of its points on. */
export function segment(ctx: CanvasRenderingContext2D, d: Extract<Deed, { kind: 'stroke' }>, from: number): void {
  ctx.globalCompositeOperation = d.erase ? 'destination-out' : 'source-over'
  ctx.strokeStyle = paint
  ctx.lineWidth = d.width
  ctx.lineCap = ctx.lineJoin = 'round'
  ctx.beginPath()
  const [x, y] = d.points[from]!
  ctx.moveTo(x, y)
  for (const [px, py] of d.points.slice(from + 1)) ctx.lineTo(px, py)
  if (d.points.length === 1) ctx.lineTo(x, y + 0.01) // a dot
  ctx.stroke()
}

/** painted says whether anything is left to repaint. */
export function painted(canvas: HTMLCanvasElement): boolean {
  const small = new OffscreenCanvas(96, 96)
  const ctx = small.getContext('2d', { willReadFrequently: true })!
  ctx.drawImage(canvas, 0, 0, 96, 96)
  return ctx.getImageData(0, 0, 96, 96).data.some((v, i) => i % 4 === 3 && v > 0)
}

/** exported is the mask as the API takes it: a PNG of the picture's size, transparent where it is to be repainted. */
export async function exported(canvas: HTMLCanvasElement): Promise<Blob> {
  const out = new OffscreenCanvas(canvas.width, canvas.height)
  const ctx = out.getContext('2d')!
  ctx.fillRect(0, 0, out.width, out.height)
  ctx.globalCompositeOperation = 'destination-out'
  ctx.drawImage(canvas, 0, 0)
  return out.convertToBlob({ type: 'image/png' })
}
