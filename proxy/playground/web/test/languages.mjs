// The page in German and Chinese: as accessible, and as narrow, as in English, and without English in any view.
import { accessible, fine, fits, loaded, open, step, want } from './browser.mjs'

/** What may be English: names, and what the tour itself wrote. */
const known = /midgate|midjourney|niji|prompts?|remix|seed|omni|turbo|chaos|link|upstream|code|curl|python|node|openai|png|gpt|dall|anime|shift|click|ctrl|enter|esc|stylize|a lighthouse above a violet sea|a sailing boat|a mill at dusk|a mill at dawn|a boat|a pond|the light goes on/gi
const english = { de: /\b(the|is|are|of|and|your|what|with|not|nothing|yet|paid|polls?|copy|close|picture|done|completed|failed|ago|answered)\b/i, zh: /[a-z]{3,}/i }

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

    await step(`nothing is English in ${locale}`, async () => {
      const page = await open(browser, base, { locale, viewport: { width: 1440, height: 900 } })
      const left = new Set()
      const look = async (where, within = 'body') => {
        for (const text of await page.evaluate(texts, within)) {
          const rest = text.replace(known, '').replace(/--\w+|[\w.]*_\w*|\S+\.\S+/g, '')
          if (english[locale.slice(0, 2)].test(rest)) left.add(`${where}: ${text}`)
        }
      }
      await page.getByRole('heading', { name: words }).waitFor()
      await page.locator('[aria-controls=advanced]').click()
      await page.fill('#prompt', 'a boat --')
      await page.locator('.flags').waitFor()
      await look('create')
      await page.fill('#prompt', '')
      await page.locator('.health button').click()
      await page.locator('.health .pop dd').nth(2).filter({ hasText: /\ds|尚|noch/ }).waitFor()
      await look('the badge', '.health')
      await page.keyboard.press('Escape')
      for (const at of ['gallery', 'usage', 'edit', 'nowhere']) {
        await page.goto(`${base}#/${at}`)
        await page.locator({ gallery: '.place', usage: '.table-box', edit: '.bring', nowhere: '.lost' }[at]).first().waitFor()
        await look(at)
      }
      await page.goto(picture)
      await page.locator('.tree .node-branches').first().waitFor()
      await look('a picture')
      await page.locator('.menu > button').click()
      await look('the menu', '.menu')
      await page.locator('.menu-list button').first().click()
      await page.locator('.notice span').waitFor()
      await look('the notice', '.notice')
      await page.locator('.frame-zooms [data-action=zoom_custom]').click()
      await page.locator('dialog[open]').waitFor()
      await look('the custom zoom', 'dialog')
      await page.keyboard.press('Escape')
      await page.locator('dialog').waitFor({ state: 'detached' })
      await page.keyboard.press('f')
      await page.locator('dialog.full').waitFor()
      await look('full screen', 'dialog')
      await page.keyboard.press('Escape')
      await page.locator('dialog').waitFor({ state: 'detached' })
      await page.keyboard.press('?')
      await page.locator('dialog[open]').waitFor()
      await look('the shortcuts', 'dialog')
      await page.keyboard.press('Escape')
      await page.locator('dialog').waitFor({ state: 'detached' })
      await page.keyboard.press('u')
      await page.locator('.story').nth(4).waitFor()
      await look('under the hood', '.hood')
      await page.keyboard.press('Escape')
      await page.keyboard.press('e')
      await page.waitForSelector('.canvas canvas')
      await look('the editor')
      await page.goto(`${base}#/gallery`)
      await page.locator('a.tile[href*="#/video"]').first().click()
      await page.locator('form.stack').waitFor()
      await look('a video')
      want('texts in English', [...left], [])
      await page.context().close()
    })
  }
}

/** texts are all that can be read, and heard, within something; without what the API itself says of an error, and
 * the names of its routes, steps and parameters. */
function texts(within) {
  const all = []
  for (const box of document.querySelectorAll(within)) {
    const walk = document.createTreeWalker(box, NodeFilter.SHOW_TEXT)
    while (walk.nextNode()) if (!walk.currentNode.parentElement.closest('script, style, noscript, pre, code, optgroup, .step-name, .story-title, .problem-line')) all.push(walk.currentNode.data.trim())
    for (const e of box.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) for (const name of ['aria-label', 'title', 'placeholder', 'alt']) all.push(e.getAttribute(name) ?? '')
  }
  return [...new Set(all)].filter(Boolean)
}
