import type { BrowserContext } from 'playwright-core'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Message } from '../../src/protocol/message.ts'
import { scriptedSite } from './scripted-site.ts'
import { articles, button, openChat, reads, says, textBox } from './widget-fixture.ts'

const site = scriptedSite()
let visitor: BrowserContext
beforeEach(async () => {
  site.embed()
  visitor = await site.visits.visitor()
})

function answered(part: Partial<Message>): Message {
  site.gateway.messages = [
    site.gateway.message({ role: 'user', content: 'Why?' }),
    site.gateway.message({ seq: 2, ...part }),
  ]
  return site.gateway.messages[1] as Message
}

test('[F7] what goes on while no text comes is shown, and said once; the words of the model are folded', async () => {
  const { id: messageId } = answered({ status: 'streaming' })
  const page = await site.visits.open(visitor)
  const { sessionId } = site.gateway
  site.gateway.tell('activity', { sessionId, messageId, kind: 'searching' })
  await articles(page).nth(1).getByText('Searching…').waitFor()
  await page.locator('[aria-live=polite]').filter({ hasText: 'Searching…' }).waitFor({ state: 'attached' })
  site.gateway.tell('activity', { sessionId, messageId, kind: 'thinking', text: 'One. ' })
  await articles(page).nth(1).getByText('Thinking…').click()
  site.gateway.tell('activity', { sessionId, messageId, kind: 'thinking', text: 'Two.' })
  await articles(page).nth(1).getByText('One. Two.').waitFor()
  site.gateway.tell('delta', { sessionId, messageId, attempt: 1, offset: 0, text: 'Because.' })
  await reads(page, 1, 'Because.')
  await page.getByText('One. Two.').waitFor({ state: 'detached' })
})

describe('how an answer ended is said', () => {
  test.each([
    ['Cut off at the length limit.', { content: 'Becau', metadata: { finish_reason: 'length' } }],
    ['The answer was filtered.', { content: 'Becau', metadata: { finish_reason: 'content_filter' } }],
    ['No words came.', { content: ' ', metadata: { finish_reason: 'stop' } }],
    ['Stopped', { content: 'Becau', status: 'stopped' as const }],
    ['Try again in 1 second.', { status: 'error' as const, metadata: { error: { retryAfterMs: 900 } } }],
    ['Try again in 42 seconds.', { status: 'error' as const, metadata: { error: { retryAfterMs: 41_100 } } }],
    ['Try again in 120 seconds.', { status: 'error' as const, metadata: { error: { retryAfterMs: 120_000 } } }],
    ['Try again in 3 minutes.', { status: 'error' as const, metadata: { error: { retryAfterMs: 120_001 } } }],
    ['Try again in 24 hours.', { status: 'error' as const, metadata: { error: { retryAfterMs: 86_400_000 } } }],
    ['Try again in 3 days.', { status: 'error' as const, metadata: { error: { retryAfterMs: 200_000_000 } } }],
    [
      'No answer came. Please try again.',
      { status: 'error' as const, content: '', metadata: { error: { retryAfterMs: 2.5e14 } } },
    ],
  ])('%s', async (words, part) => {
    answered(part)
    const page = await site.visits.open(visitor)
    await articles(page).nth(1).getByText(words).waitFor()
    await button(page, 'Regenerate').waitFor()
  })

  test('Continue asks for the rest', async () => {
    answered({ content: 'Becau', metadata: { finish_reason: 'length' } })
    site.gateway.on('message:send', (request) => site.gateway.take(request))
    const page = await site.visits.open(visitor)
    await button(page, 'Continue').click()
    await site.gateway.until(() => site.gateway.sent('message:send')[0]?.content === 'Continue')
  })
})

test('[D3] [G4] a sync takes back what only a dead replica knew', async () => {
  const { id, ...stored } = answered({ content: 'what Redis holds' })
  site.gateway.messages = [
    ...site.gateway.messages.slice(0, 1),
    { ...stored, id, content: 'told, and lost', attempt: 2 },
  ]
  site.gateway.messages.push(site.gateway.message({ seq: 3, role: 'user', content: 'gone' }))
  const page = await site.visits.open(visitor)
  await reads(page, 1, 'told, and lost')
  site.gateway.tell('session:sync', { sessionId: site.gateway.sessionId, after: 1, messages: [{ ...stored, id }] })
  await reads(page, 1, 'what Redis holds')
  await articles(page).nth(2).waitFor({ state: 'detached' })
})

test('what is typed into the chat does not reach the shortcuts of the site; Escape still closes it', async () => {
  const page = await site.visits.visit(visitor)
  await page.evaluate(() => {
    Object.assign(window, { heard: [] })
    const note = ({ key }: KeyboardEvent) => (window as unknown as { heard: string[] }).heard.push(key)
    for (const name of ['keydown', 'keypress', 'keyup'] as const) document.addEventListener(name, note)
  })
  await openChat(page)
  await textBox(page).pressSequentially('s/k')
  await page.keyboard.press('Escape')
  await button(page, 'Open chat').waitFor()
  const heard = await page.evaluate(() => (window as unknown as { heard: string[] }).heard)
  expect(heard.filter((key) => 's/k'.includes(key))).toEqual([])
})

test('a chat that cannot be loaded says so at the launcher, and the next press opens it', async () => {
  const chat = '**/assets/chat-element-*.js'
  const context = await site.visits.visitor()
  await context.route(chat, (route) => route.abort())
  const page = await site.visits.visit(context)
  await button(page, 'Open chat').click()
  await says(page, 'The chat cannot be loaded right now.')
  await context.unroute(chat)
  site.visits.complaints.length = 0 // of the files that did not come
  await openChat(page)
})

test('a gateway that stays away is said to, and can be tried at once', async () => {
  const page = await site.visits.open(visitor)
  site.gateway.admit = () => ({ code: 'overloaded', message: 'busy', retryable: true, retryAfterMs: 600_000 })
  site.gateway.cut()
  await says(page, 'The chat cannot be reached.')
  site.gateway.admit = () => null
  await button(page, 'Retry').click()
  await says(page, 'Connected')
})
