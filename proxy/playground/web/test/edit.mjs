// Painting over a picture: the mask decides what changes.
import { paid } from './buttons.mjs'
import { accessible, finished, fine, loaded, sends, step, want } from './browser.mjs'

export async function edit(page, shoot) {
  const original = page.url().split('/').pop()
  let price = 0

  await step('a mask is painted, undone and erased', async () => {
    await page.getByRole('link', { name: 'Edit' }).click()
    await page.waitForSelector('.canvas canvas')
    want('its price before', await page.locator('.editor-bar .price').count(), 0)
    await stroke(page, [[0.1, 0.1], [0.9, 0.1]])
    fine('a stroke paints', (await covered(page)) > 0.03)
    await page.keyboard.press('Control+z')
    await page.waitForFunction(() => document.querySelector('button[aria-label=Undo]').disabled)
    want('covered after undoing', await covered(page), 0)
    await stroke(page, [[0.3, 0.6], [0.7, 0.6], [0.3, 0.75], [0.7, 0.75]])
    const before = await covered(page)
    await page.keyboard.press('x')
    await stroke(page, [[0.65, 0.6], [0.75, 0.6]])
    fine('the eraser takes paint away', (await covered(page)) < before)
    await accessible(page, 'the editor')
    price = Number(/(\d+) jobs/.exec(await page.locator('.editor-bar .price').allInnerTexts())?.[1] ?? 1)
    await page.fill('#edit-prompt', 'a sailing boat')
    await shoot('mask')
  })

  await step('only what was painted is repainted', async () => {
    await sends(page, '/v1/images/edits', page.getByRole('button', { name: 'Repaint' }))
    await page.waitForURL((u) => /#\/image\//.test(u.href) && !u.href.endsWith(original), { timeout: 240_000 })
    want('pictures', await page.locator('.strip .own .thumb').count(), 4)
    want('paid', await paid(page), price)
    await loaded(page)
    await shoot('edited')
    const change = await page.evaluate(changed, [original, page.url().split('/').pop()])
    fine(`the painted part changed (by ${change.inside})`, change.inside > 6)
    fine(`the rest did not (but by ${change.outside})`, change.outside < 4)
    await page.getByRole('button', { name: 'Copy', exact: true }).click()
    await page.getByRole('button', { name: 'Show as code' }).click()
    await page.getByRole('button', { name: 'curl' }).click()
    const command = await page.locator('pre.code').innerText()
    for (const part of [`image=@${original}.png`, 'mask=@mask.png']) fine(`${part} is in ${command}`, command.includes(part))
    await page.keyboard.press('Escape')
  })

  await step('a picture of the visitor’s own can be brought and painted on', async () => {
    await page.goto(page.url().replace(/#.*/, '#/edit'))
    await accessible(page, 'the empty editor')
    await page.setInputFiles('input[type=file]', { name: 'garden.png', mimeType: 'image/png', buffer: await ownPicture(page) })
    await page.waitForSelector('.canvas canvas')
    await stroke(page, [[0.4, 0.4], [0.6, 0.6]])
    await page.fill('#edit-prompt', 'a pond')
    await page.getByRole('button', { name: 'Repaint' }).click()
    want('pictures', await finished(page), 4)
    await loaded(page)
    await shoot('brought')
  })
}

/** stroke draws a line through points, as shares of the picture. */
export async function stroke(page, points) {
  const box = await page.locator('.canvas canvas').boundingBox()
  const at = ([x, y]) => [box.x + x * box.width, box.y + y * box.height]
  await page.mouse.move(...at(points[0]))
  await page.mouse.down()
  for (const p of points.slice(1)) await page.mouse.move(...at(p), { steps: 6 })
  await page.mouse.up()
}

/** covered is the share of the mask that is painted. */
export function covered(page) {
  return page.locator('.canvas canvas').evaluate((c) => {
    const copy = new OffscreenCanvas(c.width, c.height).getContext('2d', { willReadFrequently: true })
    copy.drawImage(c, 0, 0)
    const d = copy.getImageData(0, 0, c.width, c.height).data
    let n = 0
    for (let i = 3; i < d.length; i += 4) if (d[i] > 0) n++
    return n / (d.length / 4)
  })
}

/** changed compares two pictures, in the page: the mean difference inside the painted part and at the edges. */
async function changed([a, b]) {
  const root = location.pathname
  const pixels = async (id) => {
    const bitmap = await createImageBitmap(await (await fetch(`${root}images/${id}.png`)).blob())
    const c = new OffscreenCanvas(100, 100)
    c.getContext('2d').drawImage(bitmap, 0, 0, 100, 100)
    return c.getContext('2d').getImageData(0, 0, 100, 100).data
  }
  const [p, q] = [await pixels(a), await pixels(b)]
  const mean = (x0, y0, x1, y1) => {
    let sum = 0
    for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) for (let k = 0; k < 3; k++) sum += Math.abs(p[4 * (100 * y + x) + k] - q[4 * (100 * y + x) + k])
    return Math.round((10 * sum) / ((x1 - x0) * (y1 - y0) * 3)) / 10
  }
  return { inside: mean(35, 58, 60, 77), outside: Math.max(mean(0, 0, 100, 35), mean(0, 92, 100, 100)) }
}

/** ownPicture is a picture that no midgate has seen. */
export async function ownPicture(page) {
  const bytes = await page.evaluate(async () => {
    const c = new OffscreenCanvas(300, 200)
    const x = c.getContext('2d')
    x.fillStyle = '#7a9'
    x.fillRect(0, 0, 300, 200)
    for (let i = 0; i < 40; i++) {
      x.fillStyle = `hsl(${(i * 37) % 360} 60% 60%)`
      x.fillRect((i * 53) % 290, (i * 31) % 190, 22, 16)
    }
    return [...new Uint8Array(await (await c.convertToBlob()).arrayBuffer())]
  })
  return Buffer.from(bytes)
}
