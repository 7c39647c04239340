// One picture: its buttons with their price, its film strip, and the history that they make.
import { accessible, fine, kept, loaded, sends, step, want } from './browser.mjs'

export async function buttons(page, shoot) {
  await step('a click opens a picture with what can be done with it', async () => {
    await page.locator('.run a.tile').first().click()
    await page.getByRole('button', { name: 'Vary Strong' }).waitFor()
    await loaded(page)
    await accessible(page, 'a picture')
    await shoot('picture')
  })

  for (const [name, action] of [['Zoom Out 2×', 'zoom_out_2x'], ['Pan left', 'pan_left']]) {
    await step(`${name} costs what its button says, nothing moves, and the first result is shown large at once`, async () => {
      const before = page.url()
      const button = page.locator(`.deed[data-action=${action}]`)
      const price = /(\d+) jobs/.exec(await button.getAttribute('aria-label'))?.[1] ?? '1'
      want('its likelihood', (await button.getAttribute('class')).includes('likely'), price === '2')
      const places = () => page.evaluate(() => [...document.querySelectorAll('.panel button')].map((b) => [b.getAttribute('aria-label') ?? b.innerText, Math.round(b.getBoundingClientRect().top + scrollY)]))
      const were = await places()
      const sent = await sends(page, '/actions', button)
      want('action', sent.postDataJSON().action, action)
      await page.locator('.strip .run[aria-busy=true]').waitFor()
      want('places while it runs', await places(), were)
      await page.waitForURL((u) => u.href !== before, { timeout: 240_000 })
      await page.locator('.facts-head', { hasText: name }).waitFor()
      want('its fellows', await page.locator('.strip .own .thumb').count(), 4)
      want('paid', await paid(page), Number(price))
    })
  }

  await step('the history is a tree of what came from what', async () => {
    await page.getByText('3 steps').waitFor()
    const names = page.locator('.tree .node-name')
    want('steps', await names.allInnerTexts(), ['Beginning', 'Zoom Out 2×', 'Pan left'])
    want('the picture that is shown', await page.locator('.tree .thumb[aria-current]').count(), 1)
    await loaded(page)
    await shoot('history')
  })

  await step('held, the picture shows what it was made from', async () => {
    await page.keyboard.down('p')
    await page.locator('.stage-parent').waitFor()
    await page.keyboard.up('p')
    await page.locator('.stage-parent').waitFor({ state: 'hidden' })
    const box = await page.locator('.frame').boundingBox()
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    await page.mouse.down()
    await page.locator('.stage-parent').waitFor()
    await page.mouse.up()
    await page.locator('.stage-parent').waitFor({ state: 'hidden' })
  })

  await step('arrows go through the strip, and full screen zooms', async () => {
    const here = page.url()
    await page.keyboard.press('ArrowRight')
    await page.waitForURL((u) => u.href !== here)
    await page.keyboard.press('ArrowLeft')
    await page.waitForURL(here)
    await page.evaluate(async () => { // no task of the browser's comes between these presses
      for (const key of ['ArrowRight', 'ArrowRight', 'ArrowLeft', 'ArrowLeft']) {
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
        for (let n = 0; n < 20; n++) await null
      }
    })
    want('after keys pressed as fast as can be', page.url(), here)
    await page.keyboard.press('f')
    await page.locator('dialog.full img').waitFor()
    await page.keyboard.press('+')
    await page.waitForFunction(() => /scale\(1.5\)/.test(document.querySelector('dialog.full img').style.transform))
    await accessible(page, 'full screen')
    await shoot('full')
    const count = await page.locator('.full-count').innerText()
    await page.keyboard.press('ArrowRight')
    await page.waitForFunction((was) => document.querySelector('.full-count').innerText !== was, count)
    await page.keyboard.press('Escape')
    await page.locator('dialog.full').waitFor({ state: 'detached' })
    want('the picture behind it', page.url(), here)
  })

  await step('a favourite is kept, and can be taken back', async () => {
    await kept(page, () => page.getByRole('button', { name: 'Favourite' }).click())
    await page.waitForFunction(() => document.querySelector('[data-key=l]').getAttribute('aria-pressed') === 'true')
    // Lists that were answered before the press, and come after it, change nothing.
    const late = []
    let press
    const pressed = new Promise((done) => (press = done))
    await page.route('**/v1/images?*', (r) => {
      late.push(r.fetch().then(async (answer) => {
        await pressed
        await r.fulfill({ response: answer })
      }))
    })
    await page.reload()
    await page.locator('[data-key=l][aria-pressed=true]').waitFor()
    while (late.length === 0) await page.waitForTimeout(20) // until it is asked for
    await page.locator('[data-key=l][aria-pressed=true]').click()
    await page.locator('[data-key=l][aria-pressed=false]').waitFor()
    press()
    await Promise.all(late)
    fine('a list is asked for on the way', late.length > 0)
    await page.unroute('**/v1/images?*')
    await page.waitForFunction(() => document.querySelector('[data-key=l]').getAttribute('aria-pressed') === 'false')
  })

  await step('a press that does not work says so over the picture, and what helps', async () => {
    page.refusals = 1
    await page.route('**/actions', (r) => r.fulfill({ status: 429, contentType: 'application/json', body: JSON.stringify({ error: { message: 'Slow down.', type: 'rate_limit_error', param: null, code: 'rate_limit_exceeded' } }) }))
    const places = await page.locator('.deed').first().boundingBox()
    await page.locator('.deed[data-action=reroll]').click()
    const note = page.locator('.stage-notes')
    await note.getByText('Wait a little').waitFor()
    await note.getByRole('button', { name: 'Try again' }).waitFor()
    fine('codes are folded', !(await note.getByText('rate_limit_exceeded').isVisible()))
    want('the buttons', await page.locator('.deed').first().boundingBox(), places)
    await page.unroute('**/actions')
    await note.getByRole('button', { name: 'Close' }).click()
    page.refusals = 0
  })

  await step('the first picture of the story has another one deleted after it, and back', async () => {
    await page.locator('.tree .thumb').first().click()
    await page.locator('.facts-head', { hasText: 'lighthouse' }).waitFor()
    const picture = page.url()
    await page.locator('.strip .own .thumb').last().click()
    await page.waitForURL((u) => u.href !== picture)
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.waitForURL(/#\/gallery$/)
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.goto(picture)
    await page.locator('.strip .own .thumb').nth(3).waitFor()
  })

  await step('the custom zoom asks how far', async () => {
    await page.getByRole('button', { name: 'Custom Zoom' }).click()
    await accessible(page, 'the custom zoom')
    await page.keyboard.press('Escape')
    await page.locator('dialog').waitFor({ state: 'detached' })
  })
}

/** paid is what the newest job cost. */
export function paid(page) {
  return page.evaluate(async () => (await (await fetch(`${location.pathname}v1/jobs?limit=1`)).json()).data[0].jobs_paid)
}
