// What fingers do: one that rests on a picture brings up its tools, one that swipes goes through the strip.
import { accessible, fine, fits, kept, loaded, open, step, want } from './browser.mjs'

export async function fingers(browser, base, picture, shoot) {
  const page = await open(browser, base, { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true })
  const touch = await page.context().newCDPSession(page)
  const finger = (type, ...points) => touch.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y]) => ({ x, y })) })
  const middle = async (of) => {
    await of.scrollIntoViewIfNeeded()
    const b = await of.boundingBox()
    return [b.x + b.width / 2, b.y + b.height / 2]
  }

  for (const [where, at, tile] of [['create', '#/', '.wall a.tile'], ['gallery', '#/gallery', '.place a.tile:not(.many)']]) {
    await step(`a finger that rests on a tile of the ${where} shows its tools`, async () => {
      await page.goto(base + at)
      if (where === 'gallery') {
        await page.locator('.tile.many').first().tap()
        const corner = await page.getByRole('button', { name: /^Fold/ }).first().boundingBox()
        fine(`a finger can fold it: ${JSON.stringify(corner)}`, corner.width >= 44 && corner.height >= 44)
      }
      const one = page.locator(tile).first()
      await one.waitFor()
      await loaded(page)
      const here = page.url()
      await finger('touchStart', await middle(one))
      const tools = page.locator('.held-tools')
      await tools.waitFor()
      await finger('touchEnd')
      for (const name of [/^Var/, /Upscale/, /^Animate/, 'Edit', 'Download as PNG', 'Favourite', 'Close']) await tools.locator('button, a').and(page.getByRole('button', { name }).or(page.getByRole('link', { name }))).first().waitFor()
      const small = await tools.locator('button, a').evaluateAll((all) => all.filter((b) => b.offsetHeight < 44 || b.offsetWidth < 38).map((b) => b.ariaLabel))
      want('small targets', small, [])
      await fits(page, `the tools in ${where}`)
      await accessible(page, `the tools in ${where}`)
      await shoot(`held-${where}`, page)
      const was = await tools.getByRole('button', { name: 'Favourite' }).getAttribute('aria-pressed')
      await kept(page, () => tools.getByRole('button', { name: 'Favourite' }).tap())
      await page.waitForFunction((was) => document.querySelector('.held-tools [aria-pressed]').ariaPressed !== was, was)
      await kept(page, () => tools.getByRole('button', { name: 'Favourite' }).tap())
      want('the page', page.url(), here)
      await page.touchscreen.tap(195, 30)
      await tools.waitFor({ state: 'detached' })
      await one.tap() // the next tap is a plain one
      await page.waitForURL(/#\/image\//)
    })
  }

  await step('in the gallery a finger selects, and further ones by a tap', async () => {
    await page.goto(`${base}#/gallery`)
    const one = page.locator('.place a.tile:not(.many)').first()
    await finger('touchStart', await middle(one))
    await page.locator('.held-tools').waitFor()
    await finger('touchEnd')
    await page.getByRole('button', { name: 'Select', exact: true }).tap()
    await page.getByText('1 selected').waitFor()
    await page.locator('.place a.tile:not(.many)').nth(1).tap()
    await page.getByText('2 selected').waitFor()
    await page.getByRole('button', { name: 'Select nothing' }).tap()
  })

  await step('a swipe goes through the strip, also a slow one, and in full screen', async () => {
    await page.goto(picture)
    await page.locator('.strip .own .thumb').nth(3).waitFor()
    await loaded(page)
    const swipe = async (of, by) => {
      const [x, y] = await middle(of)
      await finger('touchStart', [x - by / 2, y])
      for (let n = 1; n <= 6; n++) await finger('touchMove', [x - by / 2 + (by * n) / 6, y])
      await finger('touchEnd')
    }
    for (const by of [-180, 180]) {
      const here = page.url()
      await swipe(page.locator('.frame'), by)
      await page.waitForURL((u) => u.href !== here)
    }
    want('there and back', page.url(), picture)
    await page.reload() // what was swiped may still roll, and a tap would only stop it
    await page.locator('.strip .own .thumb').nth(3).waitFor() // full screen goes through what the strip has
    await page.getByRole('button', { name: 'Full screen' }).tap()
    await page.locator('dialog.full img').waitFor()
    const count = await page.locator('.full-count').innerText()
    await swipe(page.locator('dialog.full > img'), -180)
    await page.waitForFunction((was) => document.querySelector('.full-count').innerText !== was, count)
  })
  await page.context().close()
}
