/** A site gives its chat another token: the same user goes on as if nothing was, another one begins anew. */
import type { Page } from 'playwright-core'
import { beforeEach, expect, test } from 'vitest'
import { eventually } from '../support/conditions.ts'
import { scriptedSite } from './scripted-site.ts'
import { articles, reads } from './widget-fixture.ts'

const site = scriptedSite()
const MESSAGES = 20

beforeEach(() => {
  const { gateway } = site
  for (let seq = 1; seq <= MESSAGES; seq++)
    gateway.messages.push(
      gateway.message({ seq, role: seq % 2 === 1 ? 'user' : 'assistant', content: `${seq} ${'word '.repeat(80)}` }),
    )
})

const tokenOf = (sub: string, exp: number) => `e30.${btoa(JSON.stringify({ sub, exp }))}.x`
const STALE = { code: 'unauthorized', message: 'token: has expired', retryable: false } as const

async function open(attributes: string): Promise<Page> {
  const body = `<baton-chat server="${site.gateway.url}" ${attributes}></baton-chat>`
  site.embed({ attributes: '', strict: false, body })
  return site.visits.visit(await site.visits.visitor())
}

const isShown = (page: Page) => eventually('all is shown', async () => (await articles(page).count()) === MESSAGES)

const setToken = (page: Page, token: string) =>
  page.evaluate((token) => document.querySelector('baton-chat')?.setAttribute('token', token), token)

/** Gives the chat another function for its token, as React does at each render. */
const render = (page: Page, token: string) =>
  page.evaluate(async (token) => {
    await customElements.whenDefined('baton-chat')
    const chat = document.querySelector('baton-chat')
    if (chat === null) return
    chat.token = async () => token
    await chat.updateComplete
  }, token)

/** From now on: what is read out, and whether anything leaves the log or moves. */
async function watched(page: Page) {
  await page.locator('.scroller').evaluate((scroller) => scroller.scrollTo(0, 600))
  const seen = await page.evaluateHandle(() => {
    const root = document.querySelector('baton-chat')?.shadowRoot
    const [said, log, scroller] = ['.said', '.log', '.scroller'].map((name) => root?.querySelector(name))
    const seen = { told: [] as string[], gone: 0, place: () => Math.round(scroller?.scrollTop ?? 0) }
    const heard = new MutationObserver(() => said?.textContent && seen.told.push(said.textContent))
    if (said != null) heard.observe(said, { childList: true, characterData: true, subtree: true })
    const left = new MutationObserver((changes) => {
      for (const { removedNodes } of changes) seen.gone += removedNodes.length
    })
    if (log != null) left.observe(log, { childList: true })
    return seen
  })
  return () => seen.evaluate(({ told, gone, place }) => ({ told, gone, place: place() }))
}

test('[X3] a token of the same user by the attribute moves nothing, says nothing, and is that of this and of the next connection', async () => {
  const { gateway } = site
  const [old, renewed] = [tokenOf('anna', 1), tokenOf('anna', 2)]
  const page = await open(`token="${old}"`)
  await isShown(page)
  const seen = await watched(page)
  await setToken(page, renewed)
  gateway.tell('auth:expiring', { expiresInMs: 30_000 })
  await eventually('it is given to the connection', () => gateway.sent('auth:renew').length === 1)
  expect(gateway.sent('auth:renew')).toEqual([{ token: renewed }])
  gateway.admit = (token) => (token === renewed ? null : STALE)
  gateway.cut()
  await eventually('it is back', () => gateway.sent('session:open').length === 2)
  await page.locator('[data-state=online]').waitFor()
  expect(gateway.tokens).toEqual([old, renewed])
  expect(await seen()).toEqual({ told: [], gone: 0, place: 600 })
})

test('[X3] so does a function that is another one with each render', async () => {
  const { gateway } = site
  const page = await open('lazy')
  await render(page, 'first')
  await page.evaluate(() => document.querySelector('baton-chat')?.connect())
  await isShown(page)
  const seen = await watched(page)
  for (const token of ['second', 'third', 'fourth']) await render(page, token)
  gateway.cut()
  await eventually('it is back', () => gateway.sent('session:open').length === 2)
  await page.locator('[data-state=online]').waitFor()
  expect(gateway.tokens).toEqual(['first', 'fourth'])
  expect(await seen()).toEqual({ told: [], gone: 0, place: 600 })
})

test('[X3] whoever was refused tries again with another token, and not with the refused one', async () => {
  const { gateway } = site
  const [old, renewed] = [tokenOf('anna', 1), tokenOf('anna', 2)]
  gateway.admit = (token) => (token === renewed ? null : STALE)
  const page = await open(`token="${old}"`)
  await page.locator('[data-state=offline]').waitFor()
  await page.evaluate(() => document.querySelector('baton-chat')?.setAttribute('heading', 'Another'))
  await page.getByText('Another').waitFor()
  expect(gateway.tokens).toEqual([old])
  await setToken(page, renewed)
  await isShown(page)
  expect(gateway.tokens).toEqual([old, renewed])
})

test('[X3] one with a user id may be of any kind, and a token that comes begins anew', async () => {
  const { gateway } = site
  const page = await open('user-id="anna"')
  await isShown(page)
  await setToken(page, 'opaque')
  await eventually('it is opened anew', () => gateway.sent('session:open').length === 2)
  await isShown(page)
  const seen = await watched(page)
  await setToken(page, 'renewed')
  gateway.cut()
  await eventually('it is back', () => gateway.tokens.length === 3)
  expect(gateway.tokens).toEqual([undefined, 'opaque', 'renewed'])
  expect(await seen()).toEqual({ told: [], gone: 0, place: 600 })
})

test('where it may be another user, the chat begins anew; what was there before is not read out', async () => {
  const page = await open('token="a"')
  await isShown(page)
  const seen = await watched(page)
  await setToken(page, 'b')
  await eventually('it is opened anew', () => site.gateway.sent('session:open').length === 2)
  await eventually('the old was taken away', async () => (await seen()).gone >= MESSAGES)
  await isShown(page)
  await reads(page, MESSAGES - 1, 'word')
  await page.locator('[data-state=online]').waitFor()
  expect((await seen()).told).toEqual([])
})
