/** What a screen reader is told, and where it is led: each of these was heard to be wrong with Orca. */
import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Message } from '../../src/protocol/message.ts'
import { eventually } from '../support/conditions.ts'
import { refused } from '../support/scripted-gateway.ts'
import { scriptedSite } from './scripted-site.ts'
import { button, log, reads, says, textBox, ask as write } from './widget-fixture.ts'

const site = scriptedSite()
const MARKDOWN = '# Why\n\nBecause **it** is `so`.\n\n- one\n- two'

beforeEach(() => {
  site.embed()
  site.gateway.on('message:send', (request) => {
    const { answer, ...sent } = site.gateway.take(request)
    return { ...sent, answer: put({ ...answer, status: 'streaming' }) }
  })
})

/** Makes this the last message. */
function put(message: Message): Message {
  site.gateway.messages[site.gateway.messages.length - 1] = message
  return message
}

/** Resolves once the answer streams. */
async function ask(page: Page, text: string): Promise<void> {
  await write(page, text)
  await eventually('an answer streams', () => site.gateway.messages.at(-1)?.status === 'streaming')
}

/** Ends the answer that streams. */
function end(part: Partial<Message>): void {
  const last = site.gateway.messages.at(-1)
  if (last === undefined) throw new Error('there is no answer')
  const message = put({ ...last, status: 'complete', ...part })
  site.gateway.tell('message', { sessionId: site.gateway.sessionId, message })
}

interface Told {
  /** What stood in the live regions, in its order. */
  told: string[]
  /** What was there whenever something else got the focus. */
  there: string[]
}

async function open(): Promise<Page> {
  const page = await site.visits.open(await site.visits.visitor())
  await listen(page)
  return page
}

/** Writes down from now on what a screen reader is told of. */
async function listen(page: Page): Promise<void> {
  await page.evaluate(() => {
    const heard: Told = Object.assign(window as unknown as Told, { told: [], there: [] })
    const launcher = document.querySelector('baton-launcher')?.shadowRoot
    const chat = launcher?.querySelector('baton-chat')?.shadowRoot
    const places = {
      launcher: launcher?.querySelector('.launcher'),
      panel: launcher?.querySelector('dialog'),
      list: chat?.querySelector('.list'),
    }
    for (const region of [launcher, chat].flatMap((root) => [
      ...(root?.querySelectorAll('[aria-live=polite], [role=status]') ?? []),
    ])) {
      let before = region.textContent
      new MutationObserver(() => {
        const words = region.textContent ?? ''
        if (words !== before && words !== '') heard.told.push(words)
        before = words
      }).observe(region, { childList: true, characterData: true, subtree: true })
    }
    const focused = () => {
      const there = Object.entries(places).filter(([, place]) => place?.checkVisibility({ visibilityProperty: true }))
      heard.there.push(there.map(([name]) => name).join())
    }
    chat?.querySelector('textarea')?.addEventListener('focus', focused)
    places.launcher?.addEventListener('focus', focused)
  })
}

const heard = (page: Page) => page.evaluate(() => (window as unknown as Told).told)
const there = (page: Page) => page.evaluate(() => (window as unknown as Told).there)
const hears = (page: Page, ...words: string[]) =>
  eventually(`it is told ${words.at(-1)}`, async () => JSON.stringify(await heard(page)) === JSON.stringify(words))
const hasFocus = (page: Page, name: string) =>
  eventually(`${name} has the focus`, () => button(page, name).evaluate((control) => control.matches(':focus')))
const isWriting = (page: Page) =>
  eventually('the text box has the focus', () => textBox(page).evaluate((box) => box.matches(':focus')))

describe('an answer', () => {
  test('is told once, whole and in one piece, after that it comes; what is in the log tells nothing', async () => {
    const page = await open()
    await ask(page, 'Why?')
    await hears(page, 'An answer is coming.')
    site.gateway.tell('delta', {
      sessionId: site.gateway.sessionId,
      messageId: site.gateway.messages.at(-1)?.id ?? '',
      attempt: 1,
      offset: 0,
      text: MARKDOWN.slice(0, 20),
    })
    await reads(page, 1, 'Because')
    end({ content: MARKDOWN })
    await hears(page, 'An answer is coming.', 'Assistant: Why\n\nBecause it is so.\n\none\ntwo')
    expect(await log(page).getAttribute('aria-live')).toBe('off')
    expect(await log(page).locator('[aria-live]').count()).toBe(0)
    await ask(page, 'And?')
    end({ content: 'And so.', status: 'stopped' })
    await eventually(
      'it is told how it ended',
      async () => (await heard(page)).at(-1) === 'Assistant: Stopped\nAnd so.',
    )
  })

  test('that was there before is not told', async () => {
    site.gateway.messages = [
      site.gateway.message({ role: 'user', content: 'Why?' }),
      site.gateway.message({ seq: 2, content: 'Because.' }),
    ]
    const page = await open()
    await reads(page, 1, 'Because.')
    await button(page, 'Copy').click()
    await hears(page, 'Copied')
  })

  test('that comes while the panel is closed is told of', async () => {
    const page = await open()
    await ask(page, 'Why?')
    await hears(page, 'An answer is coming.')
    await page.keyboard.press('Escape')
    await page.locator('dialog').waitFor({ state: 'hidden' })
    end({ content: 'Because.' })
    await eventually('it is told', async () => (await heard(page)).includes('Unread messages: 1'))
  })
})

test('what goes on is told in other words than those in the log, which Orca takes for a repetition', async () => {
  const page = await open()
  await ask(page, 'Why?')
  await hears(page, 'An answer is coming.')
  const messageId = site.gateway.messages.at(-1)?.id ?? ''
  site.gateway.tell('activity', { sessionId: site.gateway.sessionId, messageId, kind: 'searching' })
  await hears(page, 'An answer is coming.', 'Assistant: Searching…')
})

test('Copy keeps its name, and a second Copied is told as well', async () => {
  site.gateway.messages = [site.gateway.message({ content: 'Because.' })]
  const page = await open()
  await button(page, 'Copy').click()
  await hears(page, 'Copied')
  await button(page, 'Copy').click()
  await eventually('it is told twice', async () => (await heard(page)).length === 2)
  expect((await heard(page)).map((words) => words.trim())).toEqual(['Copied', 'Copied'])
  expect(new Set(await heard(page)).size).toBe(2)
})

test('a message that is refused is told once, and once more where it is refused again', async () => {
  site.gateway.on('message:send', () => refused('rate_limited', true, 3_600_000))
  const page = await open()
  await write(page, 'Why?')
  await hears(page, 'Not sent: too many messages; try again in a moment')
  site.gateway.tell('backend', { backend: 'memory' }) // all is shown anew
  await page.getByText('Answers are not safely stored').waitFor()
  await hears(page, 'Not sent: too many messages; try again in a moment')
  await button(page, 'Retry').click()
  await eventually('it is told again', async () => (await heard(page)).length === 2)
})

test('another conversation is no lost connection', async () => {
  const page = await open()
  await button(page, 'New conversation').click()
  await eventually('it is connected', async () => (await heard(page)).at(-1) === 'Connected')
  expect(await heard(page)).toEqual(['Connecting …', 'Connected'])
})

describe('the focus is elsewhere before what had it goes', () => {
  test('as the panel is opened and closed, and the list in it', async () => {
    const page = await site.visits.visit(await site.visits.visitor())
    await page.locator('baton-chat:defined').waitFor({ state: 'attached' })
    await listen(page)
    await button(page, 'Open chat').press('Enter')
    await isWriting(page)
    await button(page, 'Open chat').waitFor({ state: 'hidden' })
    await says(page, 'Connected')
    await ask(page, 'Why?')
    end({ content: 'Because.' })
    await reads(page, 1, 'Because.')
    await button(page, 'Conversations').press('Enter')
    await page.getByRole('searchbox').press('Escape')
    await page.getByRole('searchbox').waitFor({ state: 'detached' })
    await isWriting(page)
    await page.keyboard.press('Escape')
    await hasFocus(page, 'Open chat')
    await page.locator('dialog').waitFor({ state: 'hidden' })
    expect(await there(page)).toEqual(['launcher', 'launcher,panel', 'panel,list', 'launcher,panel'])
  })

  test('as Stop and Regenerate are pressed, whatever the gateway says to it', async () => {
    site.gateway.on('message:stop', () => null)
    site.gateway.on('message:regenerate', () => null)
    const page = await open()
    await ask(page, 'Why?')
    await button(page, 'Stop').press('Enter')
    await isWriting(page)
    end({ content: 'Because.' })
    await button(page, 'Regenerate').press('Enter')
    await isWriting(page)
  })

  test('as a conversation is deleted: Undo has it', async () => {
    const page = await open()
    await ask(page, 'Why?')
    end({ content: 'Because.' })
    await button(page, 'Conversations').press('Enter')
    await button(page, 'Delete').press('Enter')
    await hasFocus(page, 'Undo')
  })

  test('as a file is taken out, which was told of as it came', async () => {
    const page = await open()
    await page.locator('baton-launcher').evaluate((launcher) => {
      Object.assign(launcher, { onattach: async ({ name }: File) => `https://files.example/${name}` })
    })
    const note = { name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('note') }
    await page.locator('baton-launcher').locator('input[type=file]').setInputFiles(note)
    await hears(page, 'Files: note.txt')
    await button(page, 'Remove note.txt').press('Enter')
    await isWriting(page)
  })
})
