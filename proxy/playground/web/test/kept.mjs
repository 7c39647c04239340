// Nothing that was typed, set or painted is lost, and what runs goes on.
import { fine, finished, open, step, want } from './browser.mjs'
import { covered, ownPicture, stroke } from './edit.mjs'

/** comes waits until as much is painted as before: a kept mask is drawn once its picture is there, with the edges of its strokes smoothed anew. */
async function comes(page, share) {
  for (let n = 0; n < 100; n++) {
    if (Math.abs((await covered(page)) - share) < share / 10) return true
    await page.waitForTimeout(50)
  }
  return false
}

/** stored waits until this browser has so many files put away under a name: it does so on its own time. */
function stored(page, what, many) {
  return page.waitForFunction(async ([what, many]) => {
    const answer = (asked) => new Promise((told, failed) => (asked.onsuccess = () => told(asked.result), asked.onerror = failed))
    const opening = indexedDB.open('midgate', 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore('files') // when this comes before the page
    const db = await answer(opening)
    const files = db.transaction('files').objectStore('files')
    const name = (await answer(files.getAllKeys())).find((k) => k.endsWith(`:${what}`))
    const value = name === undefined ? [] : await answer(files.get(name))
    db.close()
    return [value].flat().length === many
  }, [what, many])
}

export async function kept(browser, base) {
  const page = await open(browser, base)

  await step('a reload keeps the words, the settings and the pictures that go along', async () => {
    await page.fill('#prompt', 'a harbour in fog')
    await page.getByText('16:9', { exact: true }).click()
    await page.getByLabel('Speed').selectOption('fast')
    await page.getByRole('button', { name: 'Fewer' }).click()
    await page.getByRole('button', { name: /More settings/ }).click()
    await page.getByLabel('Seed').fill('42')
    await page.setInputFiles('input[aria-label="Add a picture"]', { name: 'garden.png', mimeType: 'image/png', buffer: await ownPicture(page) })
    await page.locator('.references img').waitFor()
    await stored(page, 'references', 1)
    await page.reload()
    want('words', await page.inputValue('#prompt'), 'a harbour in fog')
    fine('the ratio is kept', await page.locator('input[name=ratio][value="16:9"]').isChecked())
    want('speed', await page.getByLabel('Speed').inputValue(), 'fast')
    want('pictures', await page.locator('.stepper output').first().innerText(), '3')
    await page.getByRole('button', { name: 'More settings, 1 set' }).click()
    want('seed', await page.getByLabel('Seed').inputValue(), '42')
    await page.locator('.references img').waitFor()
    await page.getByRole('button', { name: 'Leave picture 1 out' }).click()
    await stored(page, 'references', 0)
    await page.reload()
    await page.getByRole('button', { name: 'More settings, 1 set' }).waitFor()
    want('references after taking it out', await page.locator('.references img').count(), 0)
  })

  await step('a job that runs is taken up after a reload, with its preview, and is not begun again', async () => {
    const before = await jobs(page)
    await page.route('**/readyz*', (r) => r.fulfill({ json: { status: 'ready', upstream: 'answered 1s ago' } })) // nothing known of stopping
    await page.reload()
    await page.fill('#prompt', 'a pier, sim-slow')
    await page.getByRole('button', { name: 'Draw' }).click()
    await page.waitForFunction(() => document.querySelector('.run progress')?.value > 0)
    page.refusals = 1
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByText('This upstream cannot stop a job').waitFor()
    want('Stop after the refusal', await page.getByRole('button', { name: 'Stop' }).count(), 0)
    await page.unroute('**/readyz*')
    page.refusals = 1 // a preview goes when its job ends, perhaps just when it is asked for
    const known = page.waitForResponse((a) => a.url().includes('readyz'))
    await page.reload()
    want('what is known of stopping', (await (await known).json()).cancel, 'not offered')
    await page.locator('.run .waiting img').first().waitFor()
    await page.locator('.run-prompt', { hasText: 'a pier' }).waitFor()
    want('Stop where it is known not to work', await page.getByRole('button', { name: 'Stop' }).count(), 0)
    await finished(page)
    want('jobs', (await jobs(page)) - before, 1)
    page.refusals = 0
  })

  await step('a mask and its words are there again after leaving the editor, and after a reload', async () => {
    await page.locator('a.tile').first().click()
    await page.waitForURL(/#\/image\//)
    const picture = page.url()
    await page.getByRole('link', { name: 'Edit' }).click()
    await page.waitForSelector('.canvas canvas')
    await stroke(page, [[0.3, 0.6], [0.7, 0.6]])
    await page.fill('#edit-prompt', 'a boat')
    const share = await covered(page)
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await page.goto(picture)
    await page.getByRole('link', { name: 'Edit' }).click()
    await page.waitForSelector('.canvas canvas')
    fine('the mask is there', await comes(page, share))
    await page.reload()
    await page.waitForSelector('.canvas canvas')
    fine('the mask is there after a reload', await comes(page, share))
    want('words', await page.inputValue('#edit-prompt'), 'a boat')
  })

  await step('a picture that was brought is there after a reload; a wrong file is said and is no dead end', async () => {
    await page.goto(`${base}#/edit`)
    const choose = 'input[aria-label="Choose a picture"]'
    await page.setInputFiles(choose, { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no picture') })
    await page.getByText('notes.txt is not a picture').waitFor()
    await page.setInputFiles(choose, { name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('no picture') })
    await page.getByText('The browser cannot read this file as a picture.').waitFor()
    await page.setInputFiles(choose, { name: 'garden.png', mimeType: 'image/png', buffer: await ownPicture(page) })
    await page.waitForSelector('.canvas canvas')
    await stroke(page, [[0.4, 0.4], [0.6, 0.6]])
    const share = await covered(page)
    await stored(page, 'brought', 1)
    await page.reload()
    await page.waitForSelector('.canvas canvas')
    fine('the mask is there', await comes(page, share))
  })

  await step('an address that means nothing says so', async () => {
    await page.goto(`${base}#/image/img_cut`)
    await page.getByRole('heading', { name: 'There is nothing at this address' }).waitFor()
    await page.getByRole('link', { name: 'Draw something' }).click()
    await page.waitForSelector('#prompt')
  })
  await page.context().close()
}

/** jobs is how many jobs there are. */
export function jobs(page) {
  return page.evaluate(async () => (await (await fetch(`${location.pathname}v1/jobs?limit=100`)).json()).data.length)
}
