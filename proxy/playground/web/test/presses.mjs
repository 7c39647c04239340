// One press is one job, however long a key is held and however hurried a hand is.
import { finished, step, want } from './browser.mjs'
import { stroke } from './edit.mjs'

export async function presses(page, picture) {
  let sent = 0
  let last = 0
  page.on('request', (r) => r.method() === 'POST' && /\/v1\/(images|videos)/.test(r.url()) && sent++)
  /** costs does something and wants so many jobs of it: the server's own list says how many there are. */
  const costs = async (what, jobs, work) => {
    await calm()
    const [asked, made] = [sent, await jobsOf(page)]
    await work()
    last = await page.evaluate(() => performance.now())
    await page.waitForFunction(() => !document.querySelector('.run[aria-busy=true]'), null, { timeout: 240_000 })
    want(`requests of ${what}`, sent - asked, jobs)
    want(`jobs of ${what}`, (await jobsOf(page)) - made, jobs)
  }
  /** calm waits until a press would count as one of its own. */
  const calm = () => page.waitForFunction((t) => performance.now() > t + 1100, last)

  await step('Enter that is held in the prompt is one job, and so are two quick ones', async () => {
    await page.fill('#prompt', 'a mill at dawn')
    await costs('a held Enter', 1, () => hold(page, 'Enter'))
    await costs('two quick Enters', 1, async () => {
      await page.keyboard.press('Enter')
      await page.keyboard.press('Enter')
    })
    await costs('many quick Enters', 1, async () => {
      for (let i = 0; i < 12; i++) await page.keyboard.press('Enter', { delay: 100 })
    })
    await costs('Shift+Enter that is held', 0, async () => {
      await page.keyboard.down('Shift')
      await hold(page, 'Enter')
      await page.keyboard.up('Shift')
      await page.fill('#prompt', 'a mill at dawn')
    })
    want('pictures', await finished(page), 4)
  })

  await step('a button that is held, or hit twice, is one job', async () => {
    const draw = page.getByRole('button', { name: 'Draw' })
    await costs('a double click', 1, () => draw.dblclick())
    await draw.focus()
    await costs('Enter held on the button', 1, () => hold(page, 'Enter'))
    const again = page.getByRole('button', { name: 'Do it again' }).first()
    await costs('a double click on "Do it again"', 1, () => again.dblclick())
  })

  await step('an action that is held, or hit twice, is one job', async () => {
    await page.goto(picture)
    const vary = page.getByRole('button', { name: 'Vary Strong' })
    /** again opens the picture: what came of a press is shown by itself. */
    const again = async () => {
      await page.goto(picture)
      await page.reload()
      last = 0 // the page's clock begins anew
      await vary.focus()
    }
    await again()
    await costs('Enter held on an action', 1, () => hold(page, 'Enter'))
    await again()
    await costs('Space held on an action', 1, () => hold(page, 'Space'))
    await again()
    await costs('a double click on an action', 1, () => vary.dblclick())
    await again()
    await costs('a second click that meets another button', 1, async () => {
      const [a, b] = await Promise.all([vary.elementHandle(), page.getByRole('button', { name: 'Vary Subtle' }).elementHandle()])
      await page.evaluate(([one, two]) => (one.click(), two.click()), [a, b])
    })
    await again()
    const zoom = await page.getByRole('button', { name: 'Custom Zoom' }).elementHandle()
    want('the dialog as soon as it is there', await page.evaluate((b) => new Promise((told) => {
      new MutationObserver(() => {
        const dialog = document.querySelector('dialog')
        if (dialog) told([dialog.open, document.activeElement.type])
      }).observe(document.body, { childList: true, subtree: true })
      b.click()
    }), zoom), [true, 'range'])
    await costs('Enter held in a dialog', 1, () => hold(page, 'Enter'))
    want('dialogs', await page.locator('dialog[open]').count(), 0)
  })

  await step('an edit whose Enter is held is one job', async () => {
    await page.goto(picture)
    await page.getByRole('link', { name: 'Edit' }).click()
    await page.waitForSelector('.canvas canvas')
    await stroke(page, [[0.3, 0.6], [0.7, 0.6]])
    await page.fill('#edit-prompt', 'a boat')
    await costs('Enter held in the editor', 1, async () => {
      await hold(page, 'Enter')
      await page.waitForURL((u) => !u.href.includes('/edit/'))
    })
  })

  await step('presses that are not hurried are jobs of their own', async () => {
    await page.goto(page.url().replace(/#.*/, '#/'))
    await page.fill('#prompt', 'a mill at dusk')
    await costs('two Enters', 2, async () => {
      await page.keyboard.press('Enter')
      last = await page.evaluate(() => performance.now())
      await calm()
      await page.keyboard.press('Enter')
    })
  })
  await page.context().close()
}

/** hold keeps a key down for a second, as a keyboard does: after the first press it repeats. */
async function hold(page, key) {
  const end = Date.now() + 1100
  for (let n = 0; n < 8 || Date.now() < end; n++) await page.keyboard.down(key)
  await page.keyboard.up(key)
}

/** jobsOf is how many jobs there are. */
function jobsOf(page) {
  return page.evaluate(async () => (await (await fetch(`${location.pathname}v1/jobs?limit=100`)).json()).data.length)
}
