// A monkey: random clicks, keys, strokes, reloads and ways back in two tabs. node monkey.mjs BASE SECONDS SEED wants a
// midgate that nobody else uses. It exits with 1 if an error stands in the console, a tab is dead at the end, or a job is
// there that no press asked for.
import { launch } from './browser.mjs'

const [base, seconds, seed] = process.argv.slice(2)
const random = dice(Number(seed))
const problems = []
const browser = await launch()
const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
await context.addInitScript(numberPresses)

/** What the tabs asked for, by the request's key; which press asked, and what became of it. */
const asked = new Map()
const presses = new Map()
const gone = new Set() // pictures that were deleted: another tab, or the way back, may still ask for them
const missed = new Map() // pictures that were not there, and what was said of it
const posted = new Set() // where requests went
let did = []

const tabs = []
for (let n = 0; n < 2; n++) tabs.push(await opened(n))
const before = new Set((await jobs()).map((j) => j.id))

const end = Date.now() + Number(seconds) * 1000
let turns = 0
for (; Date.now() < end && problems.length === 0; turns++) {
  const tab = tabs[random() < 0.8 ? 0 : 1]
  const [what, work] = choose()
  did = [...did.slice(-30), `tab ${tab.number}: ${what}`]
  try {
    await work(tab)
  } catch (e) {
    // What was aimed at may be gone, or covered, by now: that is a monkey's life.
    if (!/Timeout|not visible|detached|outside of the viewport|intercepts|context was destroyed|navigat|ERR_ABORTED|not attached|not an? <|disabled/i.test(String(e))) problems.push(`${what}: ${e.stack}`)
  }
  if (random() < 0.2) tabs.reverse()
}
await settle()
await check()
await browser.close()

console.log(`seed ${seed}: ${turns} turns, ${asked.size} jobs asked for`)
if (problems.length > 0) console.log(`${problems.join('\n\n')}\n\nwhat was done last:\n${did.join('\n')}`)
process.exitCode = problems.length > 0 ? 1 : 0

/** opened is a new tab that is watched. */
async function opened(n) {
  const page = await context.newPage()
  page.number = n
  page.setDefaultTimeout(90_000)
  page.on('pageerror', (e) => problems.push(`exception in tab ${n}: ${e.stack ?? e}`))
  page.on('crash', () => problems.push(`tab ${n} crashed`))
  page.on('dialog', (d) => void d.dismiss())
  page.on('console', (m) => {
    if (m.type() !== 'error' && m.type() !== 'warning') return
    const at = m.location().url
    if (m.text().startsWith('Failed to load resource')) {
      const [id] = /(img|video|job)_[A-Za-z0-9]{26}/.exec(at) ?? []
      if (/404|410/.test(m.text()) && (gone.has(id) || /\/mj\/image\/job_/.test(at))) return
      // What a page deletes while it is left is seen by no listener: check asks the page.
      if (/404/.test(m.text()) && /^img_/.test(id)) return void missed.set(id, `${m.text()} in tab ${n} (${at})`)
      if (/40[0-9]|429/.test(m.text()) && posted.has(at)) return // a refused request: the page says so
    }
    problems.push(`console ${m.type()} in tab ${n}: ${m.text()} (${at})`)
  })
  page.on('request', (r) => {
    if (r.method() === 'POST') posted.add(r.url())
    if (r.method() === 'DELETE') gone.add(r.url().split('/').pop())
    if (r.method() !== 'POST' || !/\/v1\/(images|videos)/.test(r.url())) return
    const h = r.headers()
    const key = (h['idempotency-key'] ?? 'none').replace(/-async$/, '')
    if (asked.has(key)) return // once more, as another kind of request
    asked.set(key, { job: null, answered: false })
    const press = h['x-press'] ?? ''
    if (!/\.[1-9]\d*$/.test(press)) problems.push(`a request without a press: ${r.url()} ${r.postData()?.slice(0, 200)}`)
    if (presses.has(press)) problems.push(`one press, two requests: ${r.url()} and ${presses.get(press)}`)
    presses.set(press, r.url())
  })
  page.on('response', (a) => {
    const mine = asked.get((a.request().headers()['idempotency-key'] ?? '').replace(/-async$/, ''))
    if (!mine) return
    mine.answered = true
    mine.job = a.headers()['midgate-job'] || mine.job
  })
  await page.goto(base)
  await page.locator('#prompt').waitFor()
  return page
}

/** choose is what comes next. */
function choose() {
  const quick = { timeout: 400 }
  const all = [
    [30, 'click', (p) => hit(p, '#app button:visible, #app a:visible, #app select:visible, #app input:visible, summary:visible')],
    [8, 'click what draws', (p) => hit(p, '.draw:visible, .deed:visible, .editor-bar button:visible, form.stack .primary:visible')],
    [6, 'click a picture', (p) => hit(p, 'a.tile:visible, a.thumb:visible, .tile-check:visible')],
    [4, 'double click', (p) => hit(p, '#app button:visible, .frame:visible', { clickCount: 2 })],
    [12, 'key', (p) => p.keyboard.press(pick(['g', 'c', 's', 'u', 't', '?', 'e', 'f', 'p', 'l', 'd', 'b', 'x', '[', ']', '/', '+', '-', 'Escape', 'Escape', 'Enter', ' ', 'Tab', 'ArrowLeft', 'ArrowRight', 'Control+z']))],
    [3, 'held Enter', async (p) => {
      for (let n = 0; n < 6; n++) await p.keyboard.down('Enter')
      await p.keyboard.up('Enter')
    }],
    [8, 'words', (p) => p.locator('#prompt, #edit-prompt, #search').first().fill(pick(['a heron', 'two mills --ar 3:2', 'a quay at night --v 7', 'sim-slow boats', 'a pond --sty', '', 'words, sim-banned']), quick)],
    [6, 'words and Enter', async (p) => {
      const box = p.locator('#prompt, #edit-prompt').first()
      await box.fill(pick(['a heron', 'two mills', 'a quay at night', 'sim-banned words']), quick)
      await box.press('Enter', quick)
    }],
    [4, 'option', async (p) => {
      const list = p.locator('select:visible').first()
      const n = await list.locator('option').count()
      if (n > 0) await list.selectOption({ index: Math.floor(random() * n) }, quick)
    }],
    [6, 'stroke', async (p) => {
      const box = await p.locator('.canvas canvas, .frame, .full > img').first().boundingBox(quick)
      if (!box) return
      const at = () => [box.x + random() * box.width, box.y + random() * box.height]
      await p.mouse.move(...at())
      await p.mouse.down()
      for (let n = 0; n < 3; n++) await p.mouse.move(...at(), { steps: 3 })
      await p.mouse.up()
    }],
    [4, 'wheel', (p) => p.mouse.wheel(0, (random() - 0.4) * 2000)],
    [3, 'reload', (p) => p.reload()],
    [5, 'back', (p) => p.goBack({ timeout: 2000 })],
    [2, 'forward', (p) => p.goForward({ timeout: 2000 })],
    [3, 'address', (p) => p.goto(base + pick(['#/', '#/gallery', '#/usage', '#/edit', '#/nowhere', 'playground/']))],
    [2, 'other size', (p) => p.setViewportSize(pick([{ width: 390, height: 780 }, { width: 1280, height: 800 }, { width: 2560, height: 1300 }]))],
    [4, 'other tab', async (p) => void (await p.bringToFront())],
    [4, 'a breath', () => new Promise((go) => setTimeout(go, 300))],
  ]
  let at = random() * all.reduce((n, [w]) => n + w, 0)
  const [, what, work] = all.find(([w]) => (at -= w) < 0)
  return [what, work]
}

/** hit presses one of the things that are in sight, with the mouse. */
async function hit(page, what, options = {}) {
  const boxes = await page.evaluate((what) => {
    const top = document.querySelector('dialog[open]') ?? document
    return [...top.querySelectorAll(what.replaceAll(':visible', '').replaceAll('#app ', ''))].flatMap((e) => {
      const b = e.getBoundingClientRect()
      const seen = e.checkVisibility() && b.width > 0 && b.bottom > 0 && b.top < innerHeight
      return seen && e.type !== 'file' ? [{ x: b.x + b.width / 2, y: b.y + b.height / 2, name: `${e.className} ${e.getAttribute('aria-label') ?? e.textContent}`.slice(0, 60) }] : []
    })
  }, what)
  const one = pick(boxes)
  if (!one) return
  did[did.length - 1] += ` ${one.name}`
  await page.mouse.click(one.x, one.y, { delay: random() < 0.2 ? 120 : 0, ...options })
}

/** settle waits until every job has ended, and what was asked for is answered. */
async function settle() {
  const until = Date.now() + 240_000
  while (Date.now() < until) {
    const open = (await jobs()).filter((j) => j.status === 'queued' || j.status === 'in_progress')
    if (open.length === 0) return
    await new Promise((go) => setTimeout(go, 300))
  }
  problems.push('jobs do not end')
}

/** check compares the server's jobs with what was asked for, and looks whether the tabs live. */
async function check() {
  const made = (await jobs()).filter((j) => !before.has(j.id))
  const named = new Set([...asked.values()].map((a) => a.job).filter(Boolean))
  const lost = [...asked.values()].filter((a) => !a.job && !a.answered).length // asked for, and the answer not awaited
  const extra = made.filter((j) => !named.has(j.id))
  if (extra.length > lost) problems.push(`jobs that no press asked for: ${JSON.stringify(extra.map((j) => [j.id, j.kind]))}; only ${lost} requests went without an answer`)
  for (const tab of tabs) {
    await tab.goto(`${base}#/`)
    await tab.reload()
    await tab.locator('#prompt').waitFor().catch(() => problems.push('a tab shows nothing any more'))
  }
  const deleted = await tabs[0].evaluate(() => localStorage.getItem('deleted') ?? '')
  for (const [id, said] of missed) if (!gone.has(id) && !deleted.includes(id)) problems.push(`a picture is not there although nobody deleted it: ${said}`)
}

/** jobs is the server's list of all jobs. */
async function jobs() {
  const all = []
  for (let after = ''; ; ) {
    const page = await (await fetch(`${base}v1/jobs?limit=100${after}`)).json()
    all.push(...page.data)
    if (!page.has_more) return all
    after = `&after=${page.last_id}`
  }
}

/** numberPresses runs in the page: each request tells the number of the visitor's press that came before it, and what is
 * deleted is written down. */
function numberPresses() {
  const load = Math.random().toString(36).slice(2)
  let press = 0
  for (const kind of ['keydown', 'pointerdown']) addEventListener(kind, (e) => e.isTrusted && !e.repeat && press++, { capture: true })
  const plain = globalThis.fetch
  const note = (to) => localStorage.setItem('deleted', `${localStorage.getItem('deleted') ?? ''} ${to}`)
  globalThis.fetch = (to, how = {}) => {
    if (how.method === 'DELETE') note(to)
    return plain(to, how.method === 'POST' ? { ...how, headers: { ...how.headers, 'x-press': `${load}.${press}` } } : how)
  }
}

function pick(all) {
  return all[Math.floor(random() * all.length)]
}

/** dice are always the same for a seed. */
function dice(a) {
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
