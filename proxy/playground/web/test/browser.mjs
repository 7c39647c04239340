// The browser of the tour, and what is watched on every page of it.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export const problems = []

/** launch starts Debian's chromium, without the part that shows windows. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
}

/** open opens a page whose every complaint and every request elsewhere is a problem. */
export async function open(browser, base, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(90_000) // a machine may be slow; nothing is timed here
  page.refusals = 0 // how many refused requests are part of the step
  page.on('console', (m) => {
    if (m.type() !== 'error' && m.type() !== 'warning') return
    if (page.refusals > 0 && m.text().startsWith('Failed to load resource')) return void page.refusals--
    if (/404/.test(m.text()) && /\/mj\/image\/job_/.test(m.location().url)) return // a preview that ended with its job, while it was asked for
    problems.push(`console ${m.type()}: ${m.text()} (${m.location().url})`)
  })
  page.on('pageerror', (e) => problems.push(`exception: ${e.stack ?? e}`))
  page.on('request', (r) => {
    if (!/^(blob|data):/.test(r.url()) && !r.url().startsWith(base)) problems.push(`a request outside ${base}: ${r.url()}`)
  })
  await page.goto(base)
  return page
}

/** Ended is thrown by a step that failed. */
export class Ended extends Error {}

/** step runs one step of the tour; what it throws is reported under its name, and ends the tour: later steps go on from
 * where it should have come to. */
export async function step(name, work) {
  const begun = Date.now()
  try {
    await work()
    console.log(`ok      ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`)
  } catch (e) {
    problems.push(`${name}: ${e.stack ?? e}`)
    console.log(`FAILED  ${name}`)
    throw new Ended()
  }
}

/** want throws unless two values are the same when written as JSON. */
export function want(what, got, wanted) {
  if (JSON.stringify(got) !== JSON.stringify(wanted)) throw new Error(`${what} = ${JSON.stringify(got)}, want ${JSON.stringify(wanted)}`)
}

/** fine throws unless something holds. */
export function fine(what, holds) {
  if (!holds) throw new Error(`not so: ${what}`)
}

/** accessible asks axe-core; nothing serious may be found. */
export async function accessible(page, where) {
  await page.evaluate(() => Promise.all(document.getAnimations().filter((a) => a.effect?.getComputedTiming().iterations !== Infinity).map((a) => a.finished.catch(() => 0))))
  await page.evaluate(axeSource)
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }))
  const bad = found.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical')
  if (bad.length > 0) {
    const list = bad.map((v) => `${v.id}: ${v.help}\n    ${v.nodes.map((n) => `${n.target} ${n.any.map((a) => a.message).join('; ')}`).join('\n    ')}`)
    throw new Error(`axe-core on ${where}:\n  ${list.join('\n  ')}`)
  }
}

/** fits throws if a page can be scrolled sideways. */
export async function fits(page, where) {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  if (over > 0) throw new Error(`${where} is ${over} px too wide`)
}

/** finished waits until all runs that are shown have ended, and returns how many pictures the newest has. */
export async function finished(page) {
  await page.waitForSelector('.run', { timeout: 90_000 })
  await page.waitForFunction(() => !document.querySelector('.run[aria-busy=true]'), null, { timeout: 240_000 })
  const problem = await page.locator('.run').first().locator('.problem').allInnerTexts()
  if (problem.length > 0) throw new Error(`the run ended with: ${problem.join(' ')}`)
  return page.locator('.run').first().locator('a.tile').count()
}

/** sends presses a button and returns the request that it sends to a path. */
export async function sends(page, path, button) {
  const [request] = await Promise.all([page.waitForRequest((r) => r.method() === 'POST' && r.url().endsWith(path)), button.click()])
  return request
}

/** kept does what stores something of a picture, and returns when it is stored. */
export function kept(page, work) {
  return Promise.all([page.waitForResponse((a) => a.request().method() === 'POST' && /\/v1\/images\/img_\w+$/.test(a.url())), work()])
}

/** loaded waits until every picture in sight is there. */
export async function loaded(page) {
  await page.waitForFunction(() => [...document.images].every((i) => i.complete || i.getBoundingClientRect().top > innerHeight))
}
