// A tour of the page as a new user takes it: node tour.mjs BASE LOCKED KEY [SCREENSHOTS]. BASE is where midgate's page is,
// LOCKED one that wants KEY. It exits with 1 and says why if anything is not as it should be.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { around } from './around.mjs'
import { Ended, launch, open, problems } from './browser.mjs'
import { buttons } from './buttons.mjs'
import { draw } from './draw.mjs'
import { edit } from './edit.mjs'
import { key } from './key.mjs'
import { languages } from './languages.mjs'
import { progress } from './progress.mjs'
import { fingers } from './fingers.mjs'
import { flags } from './flags.mjs'
import { gallery } from './gallery.mjs'
import { kept } from './kept.mjs'
import { presses } from './presses.mjs'
import { room } from './room.mjs'
import { video } from './video.mjs'

const [base, locked, secret, shots] = process.argv.slice(2)
if (shots) mkdirSync(shots, { recursive: true })

const browser = await launch()
let page
let n = 0
const shoot = async (name, of = page) => {
  if (shots) await of.screenshot({ path: join(shots, `${String(++n).padStart(2, '0')}-${name}.png`) })
}
try {
  page = await open(browser, base)
  await draw(page, shoot)
  await buttons(page, shoot)
  const picture = page.url()
  await edit(page, shoot)
  await video(page, picture, shoot)
  await around(browser, page, base, picture, shoot)
  await presses(await open(browser, base), picture)
  await room(browser, base, picture, shoot)
  await fingers(browser, base, picture, shoot)
  await languages(browser, base, picture, shoot)
  await flags(browser, base)
  await progress(browser, base)
  await gallery(browser, base, shoot)
  await kept(browser, base)
  await key(browser, locked, secret, shoot)
} catch (e) {
  if (!(e instanceof Ended)) problems.push(String(e.stack ?? e))
  await shoot('failed').catch(() => undefined)
} finally {
  await browser.close()
}
for (const p of problems) console.log(`\n${p}`)
process.exitCode = problems.length > 0 ? 1 : 0
