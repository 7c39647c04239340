// A midgate that wants a key: it is asked for once and kept.
import { accessible, open, step, want } from './browser.mjs'

export async function key(browser, base, right, shoot) {
  await step('the key is asked for once, and a wrong one is told', async () => {
    const page = await open(browser, base)
    page.refusals = 20
    const box = page.getByRole('dialog')
    await box.getByLabel('Key').fill('wrong')
    await accessible(page, 'the question for the key')
    await shoot('key', page)
    await box.getByRole('button', { name: 'Continue' }).click()
    await box.getByText(/incorrect|invalid|wrong/i).waitFor()
    await box.getByLabel('Key').fill(right)
    await box.getByRole('button', { name: 'Continue' }).click()
    await box.waitFor({ state: 'detached' })
    await page.getByRole('option', { name: 'Niji 7' }).waitFor({ state: 'attached' })
    page.refusals = 0
    await page.reload()
    await page.getByRole('option', { name: 'Niji 7' }).waitFor({ state: 'attached' })
    want('dialogs after a reload', await page.getByRole('dialog').count(), 0)
    await page.context().close()
  })
}
