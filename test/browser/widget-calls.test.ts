import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { eventually } from '../support/conditions.ts'
import { scriptedSite } from './scripted-site.ts'
import { button, openChat, says, textBox } from './widget-fixture.ts'

/** What a site calls, and when: too early, on an element that is not on the page, while it is taken away. */

const site = scriptedSite()
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }

async function visit(attributes = '', body = '', options = {}): Promise<Page> {
  site.embed({ attributes: `data-server="${site.gateway.url}" ${attributes}`, body, strict: false })
  site.gateway.on('message:send', (request) => site.gateway.take(request))
  const page = await site.visits.visit(await site.visits.visitor({ reducedMotion: 'reduce', ...options }))
  await page.evaluate(() =>
    Promise.all(['baton-launcher', 'baton-chat'].map((name) => customElements.whenDefined(name))),
  )
  return page
}

const launcher = (page: Page) => page.locator('baton-launcher')
/** The page can be scrolled, and what is on it can be pressed. */
const isFree = (page: Page) =>
  page.evaluate(() => {
    const dialog = document.querySelector('baton-launcher')?.shadowRoot?.querySelector('dialog')
    return document.documentElement.style.overflow !== 'hidden' && dialog?.matches(':modal') !== true
  })

describe('[W1] a panel that covers a phone, and what the site does meanwhile', () => {
  test.each<[string, (own: Element) => void]>([
    ['hides the launcher', (own) => own.setAttribute('hidden', '')],
    ['hides it by its own style', (own) => own.setAttribute('style', 'display: none')],
    ['hides what it is in', () => Object.assign(document.querySelector('main') as HTMLElement, { hidden: true })],
  ])('%s: the panel is closed, and the site can be used', async (_, hide) => {
    const page = await visit('', '<baton-launcher></baton-launcher>', PHONE)
    await openChat(page)
    expect(await isFree(page)).toBe(false)
    const closed = page.evaluate(() => new Promise((done) => addEventListener('baton-close', done, { once: true })))
    await launcher(page).evaluate(hide)
    await closed
    await eventually('the page is free', () => isFree(page))
    expect(await launcher(page).evaluate((own) => Reflect.get(own, 'isOpen'))).toBe(false)
  })

  test('takes the launcher away: the site can be used', async () => {
    const page = await visit('data-launcher', '', PHONE)
    await openChat(page)
    await launcher(page).evaluate((own) => own.remove())
    expect(await isFree(page)).toBe(true)
  })

  test('opens two and closes them in that order: the page is held until the last one is closed', async () => {
    const page = await visit('', '<baton-launcher></baton-launcher><baton-launcher></baton-launcher>', PHONE)
    const held = await page.evaluate(async () => {
      const launchers = [...document.querySelectorAll('baton-launcher')]
      const held: boolean[] = []
      const look = () => held.push(document.documentElement.style.overflow === 'hidden')
      for (const launcher of launchers) await launcher.open()
      look()
      for (const launcher of launchers) await launcher.close().then(look)
      return held
    })
    expect(held).toEqual([true, true, false])
  })

  test('opens a launcher that is hidden: it says so, and the site can be used', async () => {
    const page = await visit('data-launcher', '', PHONE)
    const said = await launcher(page).evaluate((own) => {
      const launcher = own as HTMLElementTagNameMap['baton-launcher']
      launcher.hidden = true
      return launcher.open().then(() => 'opened', String)
    })
    expect(said).toContain('the launcher is hidden')
    expect(await isFree(page)).toBe(true)
  })
})

describe('[W1] a call that comes early', () => {
  test('a new conversation, as soon as there is a launcher', async () => {
    const page = await visit('data-launcher')
    await launcher(page).evaluate((own) => (own as HTMLElementTagNameMap['baton-launcher']).send('Old words'))
    await page.addInitScript(async () => {
      await customElements.whenDefined('baton-launcher')
      let launcher = document.querySelector('baton-launcher')
      for (; launcher === null; launcher = document.querySelector('baton-launcher')) await null
      Object.assign(window, { wasEarly: launcher.chat === null })
      launcher.newConversation()
    })
    const before = site.gateway.sent('session:open').length
    await page.reload()
    await site.gateway.until(() => site.gateway.sent('session:open').length > before)
    expect(await page.evaluate(() => Reflect.get(window, 'wasEarly'))).toBe(true)
    await eventually('it is a new one', async () => {
      const last = site.gateway.sent('session:open').at(-1) as { session_id?: string; sessionId?: string }
      return last.sessionId === undefined
    })
  })

  test('another conversation and a draft, as soon as the chat is on the page, and before', async () => {
    const page = await visit('', '<p id="place"></p>')
    const drafts = await page.evaluate(async () => {
      const chats = [false, true].map((isBefore) => {
        const chat = document.createElement('baton-chat')
        chat.storage = 'none'
        const place = document.querySelector('#place')
        if (!isBefore) place?.append(chat)
        chat.switchTo('00000000-0000-4000-8000-000000000007')
        chat.prefill('A draft')
        if (isBefore) place?.append(chat)
        return chat
      })
      await Promise.all(chats.map((chat) => chat.updateComplete))
      return chats.map((chat) => chat.shadowRoot?.querySelector('textarea')?.value)
    })
    expect(drafts).toEqual(['A draft', 'A draft'])
    const asked = () =>
      site.gateway.sent('session:open').filter((open) => JSON.stringify(open).includes('000000000007')).length
    await site.gateway.until(() => asked() >= 2)
  })

  test('of open and close the last one counts', async () => {
    const page = await visit('data-launcher')
    const isOpen = await launcher(page).evaluate(async (own) => {
      const launcher = own as HTMLElementTagNameMap['baton-launcher']
      const outcomes: boolean[] = []
      const closing = launcher.open()
      await launcher.close()
      await closing
      outcomes.push(launcher.isOpen)
      launcher.open()
      launcher.close()
      launcher.open()
      await launcher.prefill('A draft')
      return [...outcomes, launcher.isOpen]
    })
    expect(isOpen).toEqual([false, true])
    expect(await textBox(page).inputValue()).toBe('A draft')
  })
})

test('[W1] where the chat cannot be loaded, calls reject with a ClientError, and words for the text box wait for it', async () => {
  const page = await visit()
  const part = '**/assets/chat-element-*.js'
  await page.route(part, (route) => route.abort())
  await page.evaluate(() => localStorage.clear())
  site.embed({ attributes: `data-launcher data-server="${site.gateway.url}"`, strict: false })
  await page.reload()
  await page.evaluate(() => customElements.whenDefined('baton-launcher'))
  const outcomes = await launcher(page).evaluate((own) => {
    const launcher = own as HTMLElementTagNameMap['baton-launcher']
    const calls = [launcher.prefill('A draft'), launcher.send('x'), launcher.newConversation()]
    return Promise.all(
      calls.map((call: Promise<unknown>) =>
        call.then(
          () => 'done',
          (error) => `${error.name} ${error.code}`,
        ),
      ),
    )
  })
  expect(outcomes).toEqual(['done', 'ClientError disconnected', 'ClientError disconnected'])
  site.visits.complaints = []
  await page.unroute(part)
  await openChat(page)
  expect(await textBox(page).inputValue()).toBe('A draft')
})

describe('[W1] a new conversation, where the chat has long been there, begins at once', () => {
  /** A page whose conversation has begun; gives the id of its session. */
  async function begun(): Promise<{ page: Page; known: string }> {
    const page = await visit('data-launcher')
    await openChat(page)
    await launcher(page).evaluate((own) => (own as HTMLElementTagNameMap['baton-launcher']).send('Old words'))
    const known = site.gateway.sessionId
    expect(await stored(page)).toContain(known)
    return { page, known }
  }
  /** What is stored of the conversation that is open; the list of all is another thing. */
  const stored = (page: Page) =>
    page.evaluate(() => {
      const entries = Object.entries(localStorage).filter(([key]) => !key.endsWith(':conversations'))
      return JSON.stringify(entries)
    })

  test('the launcher is taken away after it: the old one is not gone on with later', async () => {
    const { page, known } = await begun()
    await launcher(page).evaluate((own) => {
      const begins = (own as HTMLElementTagNameMap['baton-launcher']).newConversation()
      own.remove()
      return begins
    })
    expect(await stored(page)).not.toContain(known)
  })

  test('a message of the chat after it is in the new one', async () => {
    const { page } = await begun()
    const before = site.gateway.requests.length
    await launcher(page).evaluate((own) => {
      const launcher = own as HTMLElementTagNameMap['baton-launcher']
      launcher.newConversation()
      return launcher.chat?.send('Fresh words')
    })
    const events = site.gateway.requests.slice(before).map(({ event }) => event)
    expect(events.indexOf('session:open')).toBeGreaterThanOrEqual(0)
    expect(events.indexOf('session:open')).toBeLessThan(events.indexOf('message:send'))
    expect(await textBox(page).inputValue()).toBe('')
  })

  test.each(['before', 'after'])('another user who is set %s it: each has their own', async (when) => {
    const { page } = await begun()
    const before = site.gateway.sent('session:open').length
    await launcher(page).evaluate((own, when) => {
      const launcher = own as HTMLElementTagNameMap['baton-launcher']
      if (when === 'before') launcher.userId = 'b'
      launcher.newConversation()
      launcher.userId = 'b'
      return launcher.send('Words of b')
    }, when)
    const last = site.gateway.sent('session:open').slice(before).at(-1) as { resume?: string }
    expect(last.resume).toBe(when === 'before' ? undefined : 'latest')
  })
})

describe('[W1] an element that is not on the page', () => {
  test('refuses to open and to send, and where it is taken away meanwhile', async () => {
    const page = await visit()
    const outcomes = await page.evaluate(() => {
      const late = new Promise((done) => setTimeout(done, 3000, 'hangs'))
      const of = (work: Promise<unknown>) => Promise.race([late, work.then(() => 'done', String)])
      const [launcher, chat] = [document.createElement('baton-launcher'), document.createElement('baton-chat')]
      const calls = [
        launcher.open(),
        launcher.prefill('x'),
        launcher.send('x'),
        launcher.newConversation(),
        chat.send('x'),
      ]
      const [launcher2, chat2] = [document.createElement('baton-launcher'), document.createElement('baton-chat')]
      document.body.append(launcher2, chat2)
      calls.push(launcher2.open(), launcher2.send('x'), chat2.send('x'))
      launcher2.remove()
      chat2.remove()
      return Promise.all(calls.map((call) => of(Promise.resolve(call))))
    })
    expect(outcomes).toEqual(Array(8).fill('ClientError: the chat is not on the page'))
  })
})

describe('[W1] a selector of the site’s buttons', () => {
  test.each([
    ['', 0],
    ['a[', 1],
  ])('%j is none: the launcher’s own is there, and a click is no error', async (opener, warnings) => {
    const page = await visit('', `<button>A button</button><baton-launcher opener="${opener}"></baton-launcher>`)
    const warned: string[] = []
    page.on('console', (line) => line.type() === 'warning' && warned.push(line.text()))
    await page.reload()
    for (let clicks = 0; clicks < 2; clicks++) await button(page, 'A button').click()
    await openChat(page)
    await says(page, 'Connected')
    expect(warned.filter((text) => text.includes('opener'))).toHaveLength(warnings)
  })
})

test('[W1] what stands in the launcher’s slot “welcome” is in its chat, whose parts the site can style', async () => {
  const body = `<style>baton-launcher::part(welcome) { border-top: 7px solid }</style>
    <baton-launcher><p slot="welcome">Welcome!</p></baton-launcher>`
  const page = await visit('', body)
  await openChat(page)
  await page.getByText('Welcome!').waitFor()
  const border = () => page.locator('[part=welcome]').evaluate((own) => getComputedStyle(own).borderTopWidth)
  expect(await border()).toBe('7px')
})
