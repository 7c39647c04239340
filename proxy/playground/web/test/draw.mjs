// Drawing: from words to four pictures, with everything that is shown on the way and after.
import { execFileSync } from 'node:child_process'
import { accessible, finished, fine, loaded, sends, step, want } from './browser.mjs'

export async function draw(page, shoot) {
  await step('a new visitor sees where to begin, and that midgate is ready', async () => {
    await page.getByText('Ready', { exact: true }).waitFor()
    await page.getByRole('heading', { name: 'What should it look like?' }).waitFor()
    await accessible(page, 'the first page')
    await shoot('first')
  })

  await step('words become four pictures of the chosen ratio, first blurred, then sharp', async () => {
    await page.fill('#prompt', 'A lighthouse above a violet sea')
    await page.getByText('3:2', { exact: true }).click()
    await page.getByRole('button', { name: 'Draw' }).click()
    await page.waitForSelector('.waiting img.quarter')
    await shoot('partial')
    want('pictures', await finished(page), 4)
    await loaded(page)
    const [w, h] = await page.locator('.run a.tile img').first().evaluate((i) => [i.naturalWidth, i.naturalHeight])
    fine(`a picture of ${w} × ${h} is about 3:2`, Math.abs(w / h - 1.5) < 0.05)
    await shoot('drawn')
  })

  await step('under the hood the steps, polls and paid jobs are told', async () => {
    await page.keyboard.press('Escape')
    await page.locator('.run').getByRole('button', { name: 'Under the hood' }).click()
    const story = page.locator('.story').first()
    await story.getByText('imagine').waitFor()
    want('state', await story.locator('.state').innerText(), 'done')
    want('paid', await story.locator('.story-foot b').first().innerText(), '1')
    await accessible(page, 'the drawer')
    await shoot('hood')
    await page.keyboard.press('Escape')
    await page.locator('.hood').waitFor({ state: 'detached' })
  })

  await step('the copied curl command does the same again', async () => {
    await page.getByRole('button', { name: 'Show as code' }).first().click()
    const command = await page.locator('pre.code').innerText()
    const answer = JSON.parse(execFileSync('bash', ['-c', command.replace('curl ', 'curl -s ')], { encoding: 'utf8' }))
    want('pictures of the command', answer.data?.length, 4)
    for (const [language, call] of [['Python', 'client.images.generate('], ['Node', 'client.images.generate({']]) {
      await page.getByRole('button', { name: language }).click()
      fine(`${language} calls ${call}`, (await page.locator('pre.code').innerText()).includes(call))
    }
    await accessible(page, 'the code')
    await shoot('code')
    await page.keyboard.press('Escape')
  })

  await step('advanced parameters go along, and an error is shown as the API says it', async () => {
    await page.getByRole('button', { name: /More settings/ }).click()
    await page.getByLabel('Raw').check()
    await page.getByLabel('Seed').fill('7')
    await accessible(page, 'the settings')
    await page.fill('#prompt', 'sim-banned words')
    page.refusals = 1
    const sent = await sends(page, '/v1/images/generations', page.getByRole('button', { name: 'Draw' }))
    want('parameters', sent.postDataJSON().midjourney, { raw: true, seed: 7 })
    const note = page.locator('.run .problem').first()
    await note.waitFor()
    fine('the message is the API’s', /safety system/i.test(await note.innerText()))
    fine('its codes are folded', !(await note.locator('.fact').first().isVisible()))
    await note.getByText('Details').click()
    fine('the request’s ID is told', /req_|job_/.test(await note.innerText()))
    await shoot('refused')
    await page.getByRole('button', { name: 'Take off this page' }).first().click()
    await page.getByRole('button', { name: 'Reset' }).click()
    await page.getByRole('button', { name: /More settings/ }).click()
    page.refusals = 0
  })
}
