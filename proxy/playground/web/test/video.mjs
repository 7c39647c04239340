// From a picture to a video, and further.
import { accessible, fine, open, step, want } from './browser.mjs'

export async function video(page, picture, shoot) {
  await step('Animate makes a video that plays', async () => {
    await page.goto(picture)
    await page.getByRole('button', { name: 'Animate Low motion' }).click()
    await page.waitForURL(/#\/video\//, { timeout: 240_000 })
    await plays(page)
    await accessible(page, 'a video')
    await shoot('video')
  })

  await step('a video that is a moving picture is shown, too', async () => {
    const bytes = Buffer.from('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==', 'base64')
    await page.route(/\/videos\/[^/]+\.(mp4|webp)$/, (r) => r.fulfill({ contentType: 'image/webp', body: bytes }))
    await page.reload()
    await page.locator('img.stage-picture').waitFor()
    await page.unroute(/\/videos\/[^/]+\.(mp4|webp)$/)
    await page.reload()
    await plays(page)
  })

  await step('a video can be extended', async () => {
    const before = page.url()
    await page.getByLabel('What happens next').fill('the light goes on')
    await page.getByRole('button', { name: /Extend/ }).click()
    await page.waitForURL((u) => u.href !== before, { timeout: 240_000 })
    fine('it is a video', /#\/video\//.test(page.url()))
    await plays(page)
  })

  await step('a video knows the picture that it was made of, in every browser', async () => {
    const other = await open(page.context().browser(), picture.replace(/#.*/, ''))
    await other.goto(picture)
    await other.locator('.tree .thumb.film').nth(1).waitFor()
    want('videos in the history', await other.locator('.tree .thumb.film').count(), 2)
    await other.locator('.tree .thumb.film').last().click()
    await other.getByRole('link', { name: 'Where it comes from' }).click() // the extension, from the video
    await other.locator('video.stage-picture').waitFor()
    await other.getByRole('link', { name: 'Where it comes from' }).click()
    await other.waitForURL(picture)
    await other.context().close()
  })
}

async function plays(page) {
  await page.waitForSelector('video.stage-picture')
  await page.waitForFunction(() => document.querySelector('video.stage-picture').videoWidth > 0)
}
