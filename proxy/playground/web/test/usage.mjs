// What a key may spend: the view, the header's words, and what an admin sees. node usage.mjs BASE KEY ADMIN [SCREENSHOTS]
// wants a midgate whose KEY may make 3 jobs a day and for $30 a month, a relaxed grid for $0.015; ADMIN has no budget.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { accessible, Ended, fine, finished, fits, launch, open, problems, step, want } from './browser.mjs'

const [base, secret, admin, shots] = process.argv.slice(2)
if (shots) mkdirSync(shots, { recursive: true })
const browser = await launch()
const shoot = async (name, page) => {
  if (shots) await page.screenshot({ path: join(shots, `usage-${name}.png`), fullPage: true })
}

/** enter opens the page with a key. */
async function enter(secret, options = {}) {
  const page = await open(browser, base, options)
  page.refusals = 20
  const box = page.getByRole('dialog')
  await box.getByRole('textbox').or(box.locator('input')).first().fill(secret)
  await box.locator('button.primary').click()
  await box.waitFor({ state: 'detached' })
  return page
}

/** cells are the texts of a table's rows. */
const cells = (page, title) => page.getByRole('region', { name: title }).locator('tbody tr').evaluateAll((rows) => rows.map((r) => [...r.cells].map((c) => c.innerText)))

try {
  await step('what is left is in the header, and what was spent in its view', async () => {
    const page = await enter(secret)
    let foreign = 0
    page.on('request', (r) => r.url().includes('key=all') && foreign++)
    await page.locator('.bar .left', { hasText: '3 of 3 jobs left today' }).waitFor()
    await page.locator('#prompt').fill('a red fox')
    await page.keyboard.press('Enter')
    want('pictures', await finished(page), 4)
    await page.locator('.bar .left', { hasText: '2 of 3 jobs left today' }).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('s')
    await page.getByRole('heading', { name: 'Usage' }).waitFor()
    const today = page.locator('.budget', { hasText: 'Today' })
    await today.getByText('2 jobs left of 3 jobs').waitFor()
    await today.getByText('1 job spent · 0 jobs held').waitFor()
    await today.getByText('Begins anew').waitFor()
    await page.locator('.budget', { hasText: 'This month' }).getByText('$29.985 left of $30.00').waitFor()
    const total = page.locator('.budget', { hasText: 'In all' })
    want('what has no limit', (await total.innerText()).replace(/\n+/, ': '), 'In all: 1 job · $0.015 spent')
    want('bars', [await page.locator('.meter').count(), await total.locator('.meter').count()], [2, 0])
    fine('the bar of a third is a third', await today.locator('.meter').evaluate((m) => Math.abs(m.firstChild.offsetWidth / m.offsetWidth - 1 / 3) < 0.02))
    want('what it was spent on', await cells(page, 'What it was spent on'), [['Draw', 'Relax', '1', '4', '$0.015', '$0.00']])
    await page.getByRole('region', { name: 'Newest jobs' }).waitFor()
    want('the newest job', (await cells(page, 'Newest jobs')).map((r) => r.slice(1)), [['Draw', 'done', '1', '$0.015', '–']])
    want('tables of all keys', await page.getByRole('region', { name: 'All keys' }).count(), 0)
    await page.getByRole('button', { name: 'Today' }).click()
    await page.waitForFunction(() => document.querySelector('.segments [aria-pressed=true]').innerText === 'Today')
    await accessible(page, 'the usage')
    want('questions about others, which this key may not ask', foreign, 0)
    await shoot('light', page)
    await page.keyboard.press('t')
    await accessible(page, 'the usage in the dark')
    await page.context().close()
  })

  for (const locale of ['en-US', 'de-DE', 'zh-CN']) {
    await step(`the usage is narrow in ${locale}`, async () => {
      const page = await enter(secret, { locale, colorScheme: 'dark', viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true })
      await page.locator('.bar .left').click()
      await page.locator('.budget .meter').first().waitFor()
      await page.locator('.table-box').nth(1).waitFor()
      await fits(page, `the usage in ${locale}`)
      const over = await page.locator('.bar').evaluate((b) => [...b.querySelectorAll('a, button')].filter((e) => e.getBoundingClientRect().right > innerWidth || e.getBoundingClientRect().bottom > b.getBoundingClientRect().bottom).map((e) => e.innerText))
      want('what is outside the header', over, [])
      await accessible(page, `the usage in ${locale}`)
      await shoot(locale, page)
      await page.context().close()
    })
  }

  await step('an admin sees all keys', async () => {
    const page = await enter(admin)
    await page.goto(`${base}#/usage`)
    await page.getByText('This key has no budget.').waitFor()
    await page.getByRole('region', { name: 'All keys' }).waitFor()
    want('all keys', await cells(page, 'All keys'), [
      ['alice', '1 job · $0.015 of 3 jobs', '1 job · $0.015 of $30.00', '1 job · $0.015', '0'],
      ['root', '0 jobs · $0.00', '0 jobs · $0.00', '0 jobs · $0.00', '0'],
    ])
    want('words in the header', await page.locator('.bar .left').count(), 0)
    await accessible(page, 'the usage of all keys')
    await shoot('admin', page)
    await page.context().close()
  })
} catch (e) {
  if (!(e instanceof Ended)) problems.push(String(e.stack ?? e))
} finally {
  await browser.close()
}
for (const p of problems) console.log(`\n${p}`)
process.exitCode = problems.length > 0 ? 1 : 0
