// The page in German and Chinese: as accessible, and as narrow, as in English.
import { accessible, fine, fits, loaded, open, step } from './browser.mjs'

export async function languages(browser, base, picture, shoot) {
  for (const [locale, words] of [['de-DE', 'Wie soll es aussehen?'], ['zh-CN', '想画成什么样？']]) {
    await step(`the page speaks ${locale}`, async () => {
      const page = await open(browser, base, { locale, viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true })
      await page.getByRole('heading', { name: words }).waitFor()
      fine('the document says so', (await page.evaluate(() => document.documentElement.lang)) === locale.slice(0, 2))
      for (const [where, sign] of [['#/', '.composer'], ['#/gallery', '.place'], [picture.slice(base.length), '.deeds']]) {
        await page.goto(base + where)
        await page.locator(sign).first().waitFor()
        await loaded(page)
        await fits(page, `${where} in ${locale}`)
        await accessible(page, `${where} in ${locale}`)
      }
      await shoot(`picture-${locale}`, page)
      await page.context().close()
    })
  }
}
