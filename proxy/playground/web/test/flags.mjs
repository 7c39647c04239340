// Ratio and version in the panel and in the words are one thing; parameters are completed and explained.
import { fine, finished, open, sends, step, want } from './browser.mjs'

export async function flags(browser, base) {
  const page = await open(browser, base)
  const checked = (r) => page.waitForFunction((v) => document.querySelector('input[name=ratio]:checked')?.value === v, r)

  await step('--ar and --v in the words set the panel, and the panel rewrites them', async () => {
    await page.fill('#prompt', 'a heron --ar 16:9 --v 6.1')
    await checked('16:9')
    want('model', await page.getByLabel('Model').inputValue(), 'midjourney-v6.1')
    await page.getByText('2:3', { exact: true }).click()
    want('words', await page.inputValue('#prompt'), 'a heron --ar 2:3 --v 6.1')
    await page.getByLabel('Model').selectOption('niji-7')
    want('words', await page.inputValue('#prompt'), 'a heron --ar 2:3 --niji 7')
    await page.fill('#prompt', 'a heron --ar 7:5')
    await checked('7:5')
    const sent = await sends(page, '/v1/images/generations', page.getByRole('button', { name: 'Draw' }))
    want('size beside the words', sent.postDataJSON().size, undefined)
    await finished(page)
    await page.fill('#prompt', 'a heron')
    await page.getByText('3:2', { exact: true }).click()
    want('words without --ar', await page.inputValue('#prompt'), 'a heron')
  })

  await step('a parameter that is begun is completed, and explained', async () => {
    await page.fill('#prompt', 'a heron --sty')
    await page.getByRole('button', { name: /--stylize/ }).click()
    want('words', await page.inputValue('#prompt'), 'a heron --stylize ')
    fine('it is explained', await page.locator('.flags').getByText('0–1000').isVisible())
  })

  await step('the badge says when the upstream does not answer', async () => {
    await page.route('**/readyz*', (r) => r.fulfill({ json: { status: 'ready', upstream: 'did not answer 5s ago' } }))
    await page.reload()
    await page.getByRole('button', { name: 'midgate: Upstream does not answer' }).waitFor()
    await page.unroute('**/readyz*')
  })
  await page.context().close()
}
