import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { Message } from '../../src/protocol/message.ts'
import { eventually } from '../support/conditions.ts'
import { violations } from './axe.ts'
import { scriptedSite } from './scripted-site.ts'
import { articles, ask, body, button, hasSlidIn, reads } from './widget-fixture.ts'

const site = scriptedSite()

const PICTURE = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>')}`

async function open(attributes = '', options = {}): Promise<Page> {
  site.embed({ attributes: `data-launcher data-server="${site.gateway.url}" ${attributes}`, strict: false })
  site.gateway.on('message:send', (request) => site.gateway.take(request))
  return site.visits.open(await site.visits.visitor({ reducedMotion: 'reduce', ...options }))
}

function answered(part: Partial<Message>): void {
  const { gateway } = site
  gateway.messages = [gateway.message({ role: 'user', content: 'Why?' }), gateway.message({ seq: 2, ...part })]
}

const questions = (page: Page) => page.getByRole('group', { name: 'Suggestions' })

test('[W1] the assistant has a name and a picture, greets in markdown, and offers questions to begin with', async () => {
  const greeting = 'I am **Ada**. [Terms](https://example.org/terms)'
  const page = await open(
    `data-assistant="Ada" data-avatar="${PICTURE}" data-greeting="${greeting}" data-starters="Where is my order? | Who are you?"`,
  )
  await page.getByRole('dialog', { name: 'Ada' }).getByRole('heading', { name: 'Ada' }).waitFor()
  await page.locator('.greeting strong').getByText('Ada').waitFor()
  expect(await page.getByRole('link', { name: 'Terms' }).getAttribute('rel')).toBe('noopener noreferrer')
  expect(await page.locator('.avatar img').getAttribute('src')).toBe(PICTURE)
  expect(await questions(page).getByRole('button').allInnerTexts()).toEqual(['Where is my order?', 'Who are you?'])
  const [first, greets] = [await questions(page).boundingBox(), await page.locator('.greeting').boundingBox()]
  expect((first?.y ?? 0) - (greets?.y ?? 0) - (greets?.height ?? 0)).toBeLessThan(40) // they belong together
  expect(await violations(page)).toEqual([])
  await questions(page).getByRole('button').first().click()
  await site.gateway.until(() => site.gateway.sent('message:send')[0]?.content === 'Where is my order?')
  await questions(page).waitFor({ state: 'hidden' })
  await page.getByRole('article', { name: 'Ada' }).waitFor()
  expect(await page.getByRole('textbox').evaluate((box) => box.matches(':focus'))).toBe(true)
})

test('without a picture that can be had the name’s first letter stands there, on a phone as well', async () => {
  const viewport = { width: 390, height: 844 }
  const page = await open('data-assistant="élan" data-avatar="data:image/png;base64,AAAA"', {
    viewport,
    colorScheme: 'dark',
  })
  expect((await page.locator('.avatar').textContent())?.trim()).toBe('É')
  expect(await violations(page)).toEqual([])
})

test('what an answer suggests can be asked next; what the site suggests comes before that, and goes with the next message', async () => {
  answered({ content: 'Because.', metadata: { suggestions: ['Since when?', 7, ' ', 'By whom?'] } })
  const page = await open()
  await questions(page).getByRole('button', { name: 'Since when?' }).waitFor()
  expect(await questions(page).getByRole('button').count()).toBe(2)
  await page
    .locator('baton-chat')
    .evaluate((chat) => (chat as HTMLElementTagNameMap['baton-chat']).suggest(['And how?']))
  await questions(page).getByRole('button', { name: 'And how?' }).click()
  await site.gateway.until(() => site.gateway.sent('message:send')[0]?.content === 'And how?')
  await questions(page).waitFor({ state: 'hidden' })
})

test('[S8] [W4] sources are cards that name the site they lead to; one that may not be followed is no link', async () => {
  const sources = [
    { title: 'Delivery', url: 'https://www.example.org/delivery' },
    { title: 'A note' },
    { title: 'Bad', url: 'javascript:alert(1)' },
    { title: ' \u200b\n', url: 'https://example.com/a' },
    { title: '', url: ' ' },
    { title: '   ', url: 'https://' },
  ]
  answered({ content: 'Because.', metadata: { sources } })
  const page = await open()
  const cards = page.getByRole('list', { name: 'Sources' })
  await cards.waitFor()
  expect(await cards.getByRole('listitem').allInnerTexts()).toEqual([
    'Delivery\nexample.org',
    'A note',
    'Bad',
    'https://example.com/a\nexample.com',
    'Sources',
    'https://',
  ])
  expect(await cards.getByRole('link').count()).toBe(3)
  expect(await violations(page)).toEqual([])
})

test('[W4] the words of a link turn round neither themselves nor what follows it', async () => {
  const turned = '\u202e'
  const sources = [{ title: `see ${turned}gnp.exe`, url: 'https://example.org/' }]
  answered({
    content: `[see ${turned}**gnp**.exe](https://x.example) a [b &#x202e;c](https://x.example)\n\nhttp://bank.example/${turned}eelpmaxe.live and more`,
    metadata: { sources },
  })
  const page = await open()
  const links = page.getByRole('article').last().getByRole('link')
  await links.last().waitFor()
  expect(await links.allTextContents()).toEqual([
    'see gnp.exe',
    'b c',
    'http://bank.example/eelpmaxe.live',
    'see gnp.exeexample.org',
  ])
  const bidi = (all: Element[]) => all.map((link) => getComputedStyle(link).unicodeBidi)
  expect(new Set(await body(page, 1).locator('a').evaluateAll(bidi))).toEqual(new Set(['isolate']))
})

test('a long message of one’s own is folded, and opened by a button', async () => {
  const page = await open()
  await ask(page, 'A long message. '.repeat(100))
  const height = () => body(page, 0).evaluate((text) => text.clientHeight)
  await button(page, 'Show all').waitFor()
  const folded = await height()
  await button(page, 'Show all').click()
  expect(await height()).toBeGreaterThan(folded * 1.5)
  await button(page, 'Show less').click()
  expect(await height()).toBe(folded)
  await ask(page, 'A short one.')
  await reads(page, 2, 'A short one.')
  expect(await button(page, 'Show all').count()).toBe(1)
})

const refusal = { error: { code: 'too_large', message: 'too large', retryable: false } } as const

test('a Continue that is refused says so once, at its message', async () => {
  answered({ content: 'Because', metadata: { finish_reason: 'length' } })
  const page = await open()
  site.gateway.on('message:send', () => refusal)
  await button(page, 'Continue').click()
  await articles(page).getByText('Not sent: it is too long').waitFor()
  expect(await page.getByText('it is too long').and(page.locator(':not(.unseen)')).count()).toBe(1)
})

/** Writes down which messages move into their place. */
async function watchMotion(page: Page): Promise<() => Promise<string[]>> {
  const chat = page.locator('baton-chat')
  await chat.evaluate((chat) => {
    const moved: string[] = []
    Reflect.set(window, 'moved', moved)
    chat.shadowRoot?.addEventListener('animationstart', (event) => {
      const { animationName, target } = event as AnimationEvent
      if (animationName === 'arrive') moved.push((target as Element).ariaLabel ?? '')
    })
  })
  return () => page.evaluate(() => Reflect.get(window, 'moved'))
}

test('what is new moves into its place, once; what was there before does not', async () => {
  answered({ content: 'Because.' })
  const page = await open('', { reducedMotion: 'no-preference' })
  const moved = await watchMotion(page)
  await reads(page, 1, 'Because.')
  await ask(page, 'And then?')
  await eventually('both have moved', async () => (await moved()).length === 2)
  await articles(page).and(page.locator('[data-new]')).first().waitFor({ state: 'detached' })
  await button(page, 'Close chat').click()
  await button(page, 'Open chat').click()
  await hasSlidIn(page)
  expect(await moved()).toEqual(['You', 'Assistant'])
})

test('nothing moves for who asked for less motion', async () => {
  const page = await open()
  const moved = await watchMotion(page)
  await ask(page, 'And then?')
  await button(page, 'Regenerate').waitFor()
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0)
  expect(await moved()).toEqual([])
})

test('[F7] before the first word three dots are seen; reasoning that was stored is folded above the answer', async () => {
  answered({ status: 'streaming' })
  const page = await open()
  const dots = () =>
    page.locator('.streaming .body').evaluate((empty) => getComputedStyle(empty, '::after').backgroundImage)
  await page.locator('.streaming .body').waitFor({ state: 'attached' })
  expect(await dots()).toContain('radial-gradient')
  const [, answer] = site.gateway.messages as [Message, Message]
  const whole: Message = { ...answer, status: 'complete', content: 'Because.', metadata: { reasoning: 'Let me see.' } }
  site.gateway.tell('message', { sessionId: site.gateway.sessionId, message: whole })
  await reads(page, 1, 'Because.')
  const thought = articles(page).nth(1).getByText('Let me see.')
  expect(await thought.isVisible()).toBe(false)
  await articles(page).nth(1).getByText('Reasoning').click()
  await thought.waitFor()
  expect(await violations(page)).toEqual([])
})

test('[W1] in Arabic all of it is mirrored', async () => {
  answered({
    content: 'لأن.',
    metadata: { suggestions: ['منذ متى؟'], sources: [{ title: 'مصدر', url: 'https://example.org' }] },
  })
  site.embed({ html: 'lang="ar" dir="rtl"' })
  const page = await site.visits.visit(await site.visits.visitor({ reducedMotion: 'reduce' }))
  await page.locator('button.launcher').click()
  const question = page.getByRole('button', { name: 'منذ متى؟' })
  await question.waitFor()
  const [box, panel] = [await question.boundingBox(), await page.locator('dialog').boundingBox()]
  const gapRight = (panel?.x ?? 0) + (panel?.width ?? 0) - ((box?.x ?? 0) + (box?.width ?? 0))
  expect(gapRight).toBeLessThan(40)
  await button(page, 'إعادة التوليد').waitFor()
  expect(await violations(page)).toEqual([])
})
