/** What a visitor meets at the widget's buttons, and with two pages of one site. */
import { randomUUID } from 'node:crypto'
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { Message } from '../../src/protocol/message.ts'
import { eventually } from '../support/conditions.ts'
import { ScriptedGateway } from '../support/scripted-gateway.ts'
import { scriptedSite } from './scripted-site.ts'
import { articles, ask, body, button, reads } from './widget-fixture.ts'

const site = scriptedSite()
/** What a test has put there. */
function there<T>(value: T | null | undefined): T {
  if (value == null) throw new Error('it is not there')
  return value
}
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

function streamed(...pieces: string[]) {
  const { gateway } = site
  gateway.on('message:send', (request) => {
    const { answer, ...sent } = gateway.take(request)
    const running = { ...answer, status: 'streaming' as const }
    gateway.messages[gateway.messages.length - 1] = running
    return { ...sent, answer: running }
  })
  return {
    async play(ms = 60) {
      const { sessionId, messages } = gateway
      const { id: messageId } = there(messages.at(-1))
      let offset = 0
      for (const text of pieces) {
        gateway.tell('delta', { sessionId, messageId, attempt: 1, offset, text })
        offset += text.length
        await pause(ms)
      }
    },
    end() {
      const { sessionId, messages } = gateway
      const message = { ...there(messages.at(-1)), status: 'complete' as const, content: pieces.join('') }
      messages[messages.length - 1] = message
      gateway.tell('message', { sessionId, message })
    },
  }
}

async function copied(page: Page) {
  await page.evaluate(() => {
    const own = window as unknown as { copied: string[] }
    own.copied = []
    Object.defineProperty(navigator, 'clipboard', {
      value: { writeText: async (text: string) => void own.copied.push(text) },
    })
  })
  return () => page.evaluate(() => (window as unknown as { copied: string[] }).copied)
}

/** Asks, and gives what is copied from then on. */
async function playedTo(page: Page, answer: ReturnType<typeof streamed>) {
  await ask(page, 'how?')
  await eventually('asked', () => site.gateway.messages.length === 2)
  const clips = await copied(page)
  await answer.play()
  return clips
}

test('copy code gives the code while the rest of the answer streams', async () => {
  site.embed()
  const page = await site.visits.open(await site.visits.visitor())
  const answer = streamed(
    'Run this:\n\n```',
    'sh\n',
    'npm start\n```\n',
    '\nThen open the page. ',
    'And then',
    ' wait.\n\nMore',
    ' words',
  )
  const clips = await playedTo(page, answer)
  await reads(page, 1, 'More words')
  await button(page, 'Copy code').click()
  expect(await clips()).toEqual(['npm start'])
  answer.end()
  await button(page, 'Regenerate').waitFor()
})

test('copy code gives the code of a long answer that has ended', async () => {
  site.embed()
  const page = await site.visits.open(await site.visits.visitor())
  const answer = streamed(
    'Run this:\n\n```',
    'sh\n',
    'npm start\n```\n',
    '\nThen open the page.\n\n',
    ...Array.from({ length: 11 }, () => `${'And wait a little. '.repeat(110)}\n\n`),
  )
  const clips = await playedTo(page, answer)
  answer.end()
  await button(page, 'Regenerate').waitFor()
  await button(page, 'Copy code').click()
  expect(await clips()).toEqual(['npm start'])
})

test('a refused message can be discarded while an answer streams', async () => {
  site.embed()
  const page = await site.visits.open(await site.visits.visitor())
  const { gateway } = site
  gateway.on('message:send', (request) => {
    if (request.content === 'too long') return { error: { code: 'too_large', message: 'no', retryable: false } }
    const { answer, ...sent } = gateway.take(request)
    const running = { ...answer, status: 'streaming' as const }
    gateway.messages[gateway.messages.length - 1] = running
    return { ...sent, answer: running }
  })
  await ask(page, 'too long')
  await button(page, 'Discard').waitFor()
  await ask(page, 'short')
  await eventually('asked', () => gateway.messages.length === 2)
  const { id: messageId } = there(gateway.messages[1])
  gateway.tell('delta', { sessionId: gateway.sessionId, messageId, attempt: 1, offset: 0, text: 'word word' })
  let offset = 9
  const timer = setInterval(() => {
    // Takes no room: what is pressed stays where it is.
    gateway.tell('delta', { sessionId: gateway.sessionId, messageId, attempt: 1, offset, text: '\u2060' })
    offset += 1
  }, 30)
  try {
    await reads(page, 1, 'word word')
    const box = there(await button(page, 'Discard').boundingBox())
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    await page.mouse.down()
    await pause(90)
    await page.mouse.up()
    await eventually('it is discarded', async () => (await button(page, 'Discard').count()) === 0)
  } finally {
    clearInterval(timer)
  }
})

test("two gateways of one site do not take each other's conversation", async () => {
  const other = await ScriptedGateway.start()
  try {
    for (const gateway of [site.gateway, other]) gateway.openMany()
    const visitor = await site.visits.visitor()
    site.embed()
    const first = await site.visits.open(visitor)
    const mine = site.gateway.sessionId
    site.embed({ attributes: `data-launcher data-server="${other.url}"`, strict: false })
    const second = await visitor.newPage()
    await second.goto(site.visits.host.url)
    await button(second, 'Open chat').click()
    await pause(2000)
    expect(site.gateway.sent('session:open').length + other.sent('session:open').length).toBeLessThan(12)
    const shown = () =>
      Promise.all(
        [first, second].map((page) =>
          page
            .locator('baton-chat')
            .evaluate((chat) => (chat as never as { state: { session: { id: string } } }).state.session?.id),
        ),
      )
    expect(await shown()).toEqual([mine, expect.any(String)])
    expect(mine).not.toBe((await shown())[1])
  } finally {
    await other.close()
  }
})

test('two users of one site, one after the other, do not drive each other from session to session', async () => {
  const { gateway } = site
  const known = new Map<string, unknown>()
  gateway.on('session:open', ({ sessionId }, socket) => {
    const { token } = socket.handshake.auth
    if (sessionId !== undefined && known.get(sessionId) !== token)
      return { error: { code: 'session_not_found', message: 'no', retryable: false } } // X3
    const id = sessionId ?? randomUUID()
    known.set(id, token)
    gateway.sessionId = id
    return { ...gateway.opened([]), after: 0 }
  })
  const visitor = await site.visits.visitor()
  site.embed({ attributes: `data-launcher data-server="${gateway.url}" data-token="ann"` })
  await site.visits.open(visitor)
  site.embed({ attributes: `data-launcher data-server="${gateway.url}" data-token="bob"` })
  await site.visits.visit(visitor)
  await pause(2000)
  expect(gateway.sent('session:open').length).toBeLessThan(12)
})

test.each(['a', 'b'])('two chats on one page, 50 ms away: what was said in %s is there after a reload', async (id) => {
  const { gateway } = site
  const sessions = new Map<string, Message[]>()
  gateway.on('session:open', async ({ sessionId }) => {
    await new Promise((resolve) => setTimeout(resolve, 50))
    const own = sessionId !== undefined && sessions.has(sessionId) ? sessionId : randomUUID()
    const messages = sessions.get(own) ?? []
    sessions.set(own, messages)
    const opened = gateway.opened(messages)
    return { ...opened, session: { ...opened.session, id: own }, after: 0 }
  })
  gateway.on('message:send', ({ sessionId, id, content }) => {
    const messages = there(sessions.get(sessionId))
    const message = gateway.message({ id, seq: 1, role: 'user', content })
    const answer = gateway.message({ seq: 2, content: 'an answer' })
    messages.push(message, answer)
    return { message, answer, persisted: true, backend: 'redis' }
  })
  site.embed({
    attributes: '',
    strict: false,
    body: `<baton-chat id="a" server="${gateway.url}"></baton-chat><baton-chat id="b" server="${gateway.url}"></baton-chat>`,
  })
  const page = await site.visits.visit(await site.visits.visitor())
  const chat = page.locator(`#${id}`)
  for (const one of ['a', 'b']) await page.locator(`#${one} [data-state=online]`).waitFor()
  await chat.locator('textarea').fill('hello')
  await chat.locator('textarea').press('Enter')
  await chat.getByRole('button', { name: 'Regenerate' }).waitFor()
  await page.reload()
  await page.locator(`#${id} [data-state=online]`).waitFor()
  await eventually('it is there', async () => (await chat.locator('article').count()) === 2)
})

test('a chat that is taken off the page at once does not connect', async () => {
  site.embed({ attributes: '', strict: false, body: '' })
  const page = await site.visits.visit(await site.visits.visitor())
  await page.waitForFunction(() => customElements.get('baton-chat') !== undefined)
  await page.evaluate((url) => {
    const chat = document.createElement('baton-chat')
    chat.setAttribute('server', url)
    document.body.append(chat)
    chat.remove()
  }, site.gateway.url)
  await pause(1500)
  expect(site.gateway.connections).toBe(0)
})

/** A chat with these attributes, in which something was said, and the sessions of its gateway. */
async function talked(attributes: string, isRefused = false) {
  const { gateway } = site
  const sessions = gateway.openMany()
  gateway.on('message:send', (request) => gateway.take(request))
  const body = `<baton-chat server="${gateway.url}" ${attributes}></baton-chat><aside></aside>`
  site.embed({ attributes: '', strict: false, body })
  const visitor = await site.visits.visitor()
  if (isRefused)
    await visitor.addInitScript(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException('full', 'QuotaExceededError')
      }
    })
  const page = await site.visits.visit(visitor)
  await ask(page, 'hello')
  await button(page, 'Regenerate').waitFor()
  return { page, sessions }
}

/** The sessions that were asked for, beyond the first time. */
const reopened = () =>
  site.gateway
    .sent('session:open')
    .slice(1)
    .map(({ sessionId }) => sessionId)

test.each([
  ['local', false],
  ['none', false],
  ['local', true],
])(
  'a chat that the site moves to another place of the page keeps its conversation (%s, refused: %s)',
  async (storage, isRefused) => {
    const { page, sessions } = await talked(`storage="${storage}"`, isRefused)
    await page.evaluate(() => document.querySelector('aside')?.append(document.querySelector('baton-chat') ?? ''))
    await eventually('it is opened again', () => reopened().length > 0)
    expect(reopened()).toEqual([...sessions])
    await button(page, 'Conversations').waitFor()
  },
)

test('a chat whose token the site renews by its attribute keeps its conversation, also where nothing is stored', async () => {
  const { page, sessions } = await talked('storage="none" token="a"')
  await page.evaluate(() => document.querySelector('baton-chat')?.setAttribute('token', 'b'))
  await eventually('it is opened again', () => reopened().length > 0)
  expect(reopened()).toEqual([...sessions])
  expect(site.gateway.tokens).toEqual(['a', 'b'])
})

test('a chat with the token of another user begins anew: what the last one did not get sent is not sent as the next', async () => {
  const tokenOf = (sub: string) => `e30.${btoa(JSON.stringify({ sub }))}.x`
  const { page } = await talked(`storage="none" token="${tokenOf('anna')}"`)
  site.gateway.on('message:send', () => null)
  await ask(page, 'what Anna asks')
  await eventually('it was sent', () => site.gateway.sent('message:send').length === 2)
  await page.evaluate((token) => document.querySelector('baton-chat')?.setAttribute('token', token), tokenOf('bob'))
  await eventually('it is opened again', () => reopened().length > 0)
  expect(reopened()).toEqual([undefined])
  await eventually('it is empty', async () => (await articles(page).count()) === 0)
  expect(site.gateway.sent('message:send').length).toBe(2)
})

test('a conversation that is emptied while its reader is at its top is followed from there', async () => {
  const { gateway } = site
  for (let seq = 1; seq <= 12; seq++)
    gateway.messages.push(
      gateway.message({ seq, role: seq % 2 === 1 ? 'user' : 'assistant', content: 'word '.repeat(100) }),
    )
  site.embed()
  const page = await site.visits.open(await site.visits.visitor())
  await page.locator('.scroller').evaluate((scroller) => scroller.scrollTo(0, 300))
  await page.locator('.scroller').evaluate((scroller) => scroller.scrollTo(0, 0))
  await button(page, 'Jump to latest').waitFor()
  gateway.messages = []
  gateway.tell('session:ended', { sessionId: gateway.sessionId, reason: 'cleared' })
  await button(page, 'Jump to latest').waitFor({ state: 'hidden' })
})

/** What is selected, and what has the focus, as a reader has it. */
async function held(page: Page) {
  const focused = await page.locator('baton-chat').evaluate((chat) => chat.shadowRoot?.activeElement?.textContent)
  return { selected: await page.evaluate(() => String(getSelection())), focused }
}

/** Selects the first characters of a block's text, and focuses the link in it. */
const hold = (block: Locator) =>
  block.evaluate((shown) => {
    shown.querySelector('a')?.focus()
    const text = shown.lastChild ?? shown
    getSelection()?.setBaseAndExtent(text, 1, text, 6)
  })

test.each([
  { words: 'See [the page](https://example.org/) first of all.', where: 'p' },
  { words: '- See [the page](https://example.org/) first of all', where: 'li' },
])(
  '[W1] focus and selection stay in the block of an answer that grows, as others come and as it ends: $where',
  async ({ words, where }) => {
    site.embed()
    const page = await site.visits.open(await site.visits.visitor())
    const { gateway } = site
    const answer = streamed(words)
    await playedTo(page, answer)
    const block = body(page, 1).locator(where).first()
    await block.getByRole('link', { name: 'the page' }).waitFor()
    await hold(block)
    const is = { selected: 'first', focused: 'the page' }
    expect(await held(page)).toEqual(is)
    const more = streamed(words, '\n\nThen **th', 'at**.\n\n## And\n\nwhat *comes', '* last.\n\nThe end')
    await more.play()
    await reads(page, 1, 'The end')
    expect(await held(page)).toEqual(is)
    more.end()
    await button(page, 'Regenerate').waitFor()
    expect(await held(page)).toEqual(is)
    expect(gateway.messages).toHaveLength(2)
  },
)

test('[W1] focus and selection stay in the last block of an answer as it ends', async () => {
  site.embed()
  const page = await site.visits.open(await site.visits.visitor())
  const answer = streamed('First this.\n\nThen see [the page](https://example.org/) first of *all', '*')
  await playedTo(page, answer)
  const block = body(page, 1).locator('p').last()
  await block.locator('em').waitFor()
  await block.evaluate((shown) => {
    shown.querySelector('a')?.focus()
    const text = shown.childNodes[2] as Node
    getSelection()?.setBaseAndExtent(text, 1, text, 6)
  })
  answer.end()
  await button(page, 'Regenerate').waitFor()
  expect(await held(page)).toEqual({ selected: 'first', focused: 'the page' })
})

test('code that a reader has selected, which has its colours, stays selected as the answer ends', async () => {
  site.embed()
  const page = await site.visits.open(await site.visits.visitor())
  const answer = streamed('Do *this*:\n\n```js\nconst first = 1\n```\n\nThen this.\n\nAnd that.\n\n', 'More words.')
  await playedTo(page, answer)
  await reads(page, 1, 'More words')
  await page.locator('.hljs-keyword').waitFor()
  const selected = () => page.evaluate(() => String(getSelection()))
  await page.locator('.code code').selectText()
  expect(await selected()).toBe('const first = 1')
  answer.end()
  await button(page, 'Regenerate').waitFor()
  expect(await selected()).toBe('const first = 1')
})

test('Enter that ends a composition in Safari does not name a conversation', async () => {
  const { gateway } = site
  site.embed()
  gateway.on('message:send', (request) => gateway.take(request))
  const page = await site.visits.open(await site.visits.visitor())
  await ask(page, 'how')
  await button(page, 'Conversations').click()
  await page.locator('.pasts').getByRole('button', { name: 'Rename' }).click()
  const naming = page.locator('.naming')
  await naming.evaluate((input) =>
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 229, bubbles: true, composed: true })),
  )
  await pause(200)
  expect(await naming.count()).toBe(1)
})
