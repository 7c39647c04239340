// One picture: its buttons, and the history that they make.
import { accessible, finished, loaded, sends, step, want } from './browser.mjs'

export async function buttons(page, shoot) {
  await step('a click opens a picture with what can be done with it', async () => {
    await page.locator('.run a.tile').first().click()
    await page.getByRole('button', { name: 'Vary Strong' }).waitFor()
    await loaded(page)
    await accessible(page, 'a picture')
    await shoot('picture')
  })

  for (const [name, action] of [['Zoom Out 2×', 'zoom_out_2x'], ['Pan left', 'pan_left']]) {
    await step(`${name} makes four more`, async () => {
      const before = page.url()
      const sent = await sends(page, '/actions', page.getByRole('button', { name, exact: true }))
      want('action', sent.postDataJSON().action, action)
      want('pictures', await finished(page), 4)
      await page.locator('.run a.tile').nth(1).click()
      await page.waitForURL((u) => u.href !== before)
      await page.locator('.facts-head', { hasText: name }).waitFor()
    })
  }

  await step('the history is a tree of what came from what', async () => {
    await page.getByText('3 steps').waitFor()
    const names = page.locator('.tree .node-name')
    want('steps', await names.allInnerTexts(), ['Beginning', 'Zoom Out 2×', 'Pan left'])
    want('the picture that is shown', await page.locator('.tree .thumb[aria-current]').count(), 1)
    await loaded(page)
    await shoot('history')
    await page.locator('.tree .thumb').first().click()
  })

  await step('the custom zoom asks how far', async () => {
    await page.getByRole('button', { name: 'Custom Zoom' }).click()
    await accessible(page, 'the custom zoom')
    await page.keyboard.press('Escape')
    await page.locator('dialog').waitFor({ state: 'detached' })
  })
}
