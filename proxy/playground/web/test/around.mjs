// The gallery, the keyboard, the two themes and small screens.
import { accessible, fine, fits, loaded, open, step, want } from './browser.mjs'
import { covered } from './edit.mjs'

export async function around(browser, page, base, picture, shoot) {
  await step('after a reload the gallery has everything, and a link leads to its picture', async () => {
    await page.goto(`${base}#/gallery`)
    await page.reload()
    await page.waitForFunction(() => document.querySelectorAll('.days a.tile').length >= 4)
    await loaded(page)
    await accessible(page, 'the gallery')
    await shoot('gallery')
    await page.goto(picture)
    await page.reload()
    await page.getByRole('button', { name: 'Vary Strong' }).waitFor()
  })

  await step('keys lead everywhere', async () => {
    await page.keyboard.press('g')
    await page.waitForURL(/#\/gallery$/)
    await page.locator('.days a.tile.many').first().click()
    await page.locator('.days a.tile[href*=image]:not(.many)').nth(2).click()
    await page.waitForURL(/#\/image\//)
    const here = page.url()
    await page.locator('[data-key=ArrowLeft]').waitFor()
    await page.keyboard.press('ArrowLeft')
    await page.waitForURL((u) => u.href !== here)
    await page.keyboard.press('Escape')
    await page.waitForURL(/#\/gallery$/)
    await page.locator('#search').waitFor()
    await page.keyboard.press('/')
    await page.waitForFunction(() => document.activeElement?.id === 'search')
    await page.keyboard.press('Escape')
    await page.keyboard.press('c')
    await page.locator('#prompt').waitFor()
    await page.keyboard.press('/')
    await page.waitForFunction(() => document.activeElement?.id === 'prompt')
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await page.locator('dialog').getByText('Under the hood').waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Tab')
    fine('the focus can be seen', await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle !== 'none'))
  })

  await step('whether midgate and the upstream are well can be seen', async () => {
    const badge = page.getByRole('button', { name: /^midgate: Ready/ })
    await badge.click()
    await page.locator('.health .pop dd', { hasText: /^answered \d+m?s? ?.*ago$/ }).waitFor()
    await shoot('health')
    await page.keyboard.press('Escape')
  })

  await step('without budgets and prices the usage says so, and shows no money', async () => {
    await page.keyboard.press('s')
    await page.getByText('This key has no budget and nothing has a price here: only jobs are counted.').waitFor()
    await page.getByRole('region', { name: 'Newest jobs' }).waitFor()
    want('amounts of money', await page.locator('main').getByText('$').count(), 0)
    want('words in the header', await page.locator('.bar .left').count(), 0)
    await accessible(page, 'the usage')
  })

  await step('the dark theme is kept and readable', async () => {
    await page.keyboard.press('c')
    const light = await ground(page)
    await page.keyboard.press('t')
    await page.waitForFunction((was) => getComputedStyle(document.documentElement).backgroundColor !== was, light)
    await page.reload()
    fine('dark after a reload', (await ground(page)) !== light)
    await page.locator('.wall a.tile').first().waitFor()
    for (const [where, at] of [['create', '#/'], ['gallery', '#/gallery'], ['picture', picture.slice(base.length)]]) {
      await page.goto(base + at)
      await loaded(page)
      await accessible(page, `${where}, dark`)
      await shoot(`dark-${where}`)
    }
    await page.keyboard.press('t')
  })

  for (const width of [390, 360]) {
    await step(`a phone of ${width} px shows and does all of it`, async () => {
      const phone = await open(browser, base, { viewport: { width, height: 780 }, hasTouch: true, isMobile: true })
      for (const [where, at, sign] of [['create', '#/', '.wall a.tile'], ['gallery', '#/gallery', '.days a.tile'], ['picture', picture.slice(base.length), '.deeds'], ['edit', picture.slice(base.length).replace('image', 'edit'), '.canvas canvas']]) {
        await phone.goto(base + at)
        await phone.locator(sign).first().waitFor()
        await loaded(phone)
        await fits(phone, where)
        await accessible(phone, `${where} at ${width} px`)
        await shoot(`phone-${width}-${where}`, phone)
      }
      const rows = await phone.locator('.editor-tools').evaluate((bar) => new Set([...bar.querySelectorAll('button, a, input')].map((e) => Math.round((e.getBoundingClientRect().top + e.getBoundingClientRect().bottom) / 20))).size)
      fine(`the editor's tools have ${rows} rows`, rows <= 2)
      for (const name of ['Brush', 'Erase']) await phone.getByRole('button', { name, exact: true }).waitFor()
      const box = await phone.locator('.canvas canvas').boundingBox()
      want('covered before', await covered(phone), 0)
      await phone.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2)
      await phone.getByRole('button', { name: 'Repaint' }).waitFor()
      fine('a finger paints', (await covered(phone)) > 0)
      await fits(phone, `a painted mask with its price at ${width} px`)
      await phone.context().close()
    })
  }
}

function ground(page) {
  return page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
}
