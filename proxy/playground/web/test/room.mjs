// Room and weight: a wide screen is used, nothing moves by itself, and little comes before the first paint.
import { fine, loaded, open, step, want } from './browser.mjs'

const most = 64 << 10 // bytes that may come before something is seen: 1.3 s of slow 3G

/** still reports whether next to nothing moved; up to 0.1 counts as good on the web. */
const still = (shifts) => shifts.reduce((n, [v]) => n + v, 0) < 0.05

export async function room(browser, base, picture, shoot) {
  const views = [['create', '#/', '.wall a.tile'], ['gallery', '#/gallery', '.days a.tile'], ['picture', picture.slice(base.length), '.strip .thumb']]

  await step('a screen of 2560 px is used, and nothing is moved by what comes later', async () => {
    const page = await open(browser, base, { viewport: { width: 2560, height: 1300 } })
    await page.addInitScript(() => {
      globalThis.shifts = []
      new PerformanceObserver((seen) => globalThis.shifts.push(...seen.getEntries().filter((e) => !e.hadRecentInput).map((e) => [e.value, ...e.sources.map((s) => s.node?.className ?? s.node?.nodeName)])))
        .observe({ type: 'layout-shift', buffered: true })
    })
    /** moves is what moved while a view was opened. */
    const moves = async (at, sign) => {
      await page.goto('about:blank')
      await page.goto(base + at)
      await page.locator(sign).first().waitFor()
      await loaded(page)
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
      return page.evaluate(() => globalThis.shifts)
    }
    for (const [where, at, sign] of views) {
      const seen = []
      do seen.push(await moves(at, sign)) // what another page draws meanwhile comes first in the gallery, and moves the rest
      while (still(seen.at(-1)) === false && seen.length < 3)
      fine(`nothing moves in ${where}: ${JSON.stringify(seen)}`, still(seen.at(-1)))
      await shoot(`wide-${where}`, page)
    }
    const [stage, panel] = await page.evaluate(() => ['.stage', '.panel'].map((s) => document.querySelector(s).getBoundingClientRect().width))
    fine(`the picture's page is used: ${stage} and ${panel} px`, stage + panel > 2400)
    await page.goto(`${base}#/gallery`)
    await page.locator('.days a.tile').first().waitFor()
    const columns = await page.locator('.day-row').first().evaluate((r) => getComputedStyle(r).gridTemplateColumns.split(' ').length)
    fine(`the gallery has ${columns} columns`, columns >= 10)
    await page.context().close()
  })

  await step('little comes before the first paint', async () => {
    const page = await open(browser, base)
    const net = await page.context().newCDPSession(page)
    await net.send('Network.enable')
    await net.send('Network.setCacheDisabled', { cacheDisabled: true })
    await net.send('Network.emulateNetworkConditions', { offline: false, latency: 400, downloadThroughput: 51_200, uploadThroughput: 51_200 })
    await page.reload()
    await page.locator('.composer').waitFor()
    await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint').length > 0)
    const { paint, before } = await page.evaluate(() => {
      const paint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity
      const [doc] = performance.getEntriesByType('navigation')
      const all = performance.getEntriesByType('resource').filter((e) => e.responseStart < paint)
      return { paint, before: [doc, ...all].map((e) => [e.name.replace(/.*\//, ''), e.transferSize]) }
    })
    fine(`something was painted: ${paint}`, paint < Infinity)
    const bytes = before.reduce((n, [, size]) => n + size, 0)
    fine(`${bytes} bytes come before the first paint: ${before.join(' ')}`, bytes > 10_000 && bytes < most)
    want('pictures before it', before.filter(([name]) => /\.(jpg|png|webp)/.test(name)), [])
    await page.context().close()
  })
}
