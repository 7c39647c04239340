// What runs is told: smoothly, in the tab's title, with the time that went; keys and targets are for everybody.
import { fine, finished, open, step, want } from './browser.mjs'

export async function progress(browser, base) {
  const page = await open(browser, base)
  await step('progress moves on between the reports, never back, and stands in the title with the time', async () => {
    await page.fill('#prompt', 'a slow river')
    await page.getByRole('button', { name: 'Draw' }).click()
    await page.waitForFunction(() => / \d+ s$/.test(document.querySelector('.run-state')?.textContent ?? ''))
    const seen = await page.evaluate(async () => {
      const all = []
      for (; document.querySelector('.run[aria-busy=true]'); await new Promise((r) => setTimeout(r, 60))) all.push([document.querySelector('.run progress')?.value ?? 100, document.title])
      return all
    })
    fine('the title has per cent', seen.some(([, t]) => /^\d+ % · /.test(t)))
    fine(`never back: ${seen.map(([v]) => v)}`, seen.every(([v], i) => i === 0 || v >= seen[i - 1][0]))
    await finished(page)
    await page.waitForFunction(() => !document.title.includes('%'))
  })
  await page.context().close()

  await step('what a finger hits is at least 44 px', async () => {
    const phone = await open(browser, base, { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true })
    for (const [where, sign] of [['#/', '.composer'], ['#/gallery', '.place'], ['picture', '.deeds']]) {
      if (where === 'picture') {
        await phone.locator('.tile.many').first().click()
        await phone.locator('.place a.tile:not(.many)').first().click()
      } else await phone.goto(base + where)
      await phone.locator(sign).first().waitFor()
      const small = await phone.evaluate(() => [...document.querySelectorAll('button, a.button, a.round, select')]
        .filter((b) => b.checkVisibility({ visibilityProperty: true }) && !b.closest('.tile-tools') && b.getBoundingClientRect().width > 0)
        .filter((b) => b.offsetHeight < 44 || b.offsetWidth < 40).map((b) => `${b.className} ${b.getAttribute('aria-label') ?? b.textContent} ${b.offsetWidth}×${b.offsetHeight}`))
      want(`small targets of ${where}`, small, [])
    }
    await phone.context().close()
  })
}
