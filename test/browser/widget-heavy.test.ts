import type { BrowserContext, CDPSession, Page } from 'playwright-core'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Message } from '../../src/protocol/message.ts'
import { eventually } from '../support/conditions.ts'
import { refused } from '../support/scripted-gateway.ts'
import { scriptedSite } from './scripted-site.ts'
import { articles, ask, body, button, log, openChat, says } from './widget-fixture.ts'

const site = scriptedSite()
let visitor: BrowserContext
beforeEach(async () => {
  site.embed()
  visitor = await site.visits.visitor()
})

function history(length: number): Message[] {
  const content = (seq: number) => (seq % 2 === 1 ? `question ${seq}` : `answer **${seq}**\n\n- one\n- two\n\nThe end.`)
  return Array.from({ length }, (_, i) =>
    site.gateway.message({ seq: i + 1, role: i % 2 === 0 ? 'user' : 'assistant', content: content(i + 1) }),
  )
}

// What they cost is printed, not asserted: other work on the machine costs time too.
describe('what is much', () => {
  test('a history of 2,000 messages is there at once, is whole soon after, and scrolls', async () => {
    site.gateway.messages = history(2000)
    const page = await site.visits.visit(visitor)
    await page.evaluate(async () => {
      await customElements.whenDefined('baton-chat')
      const launcher = document.querySelector('baton-launcher')
      await launcher?.chat?.updateComplete
      const log = launcher?.chat?.shadowRoot?.querySelector('.log')
      if (log == null) throw new Error('no log')
      const shown = new MutationObserver(() => performance.mark('shown'))
      shown.observe(log, { childList: true })
      document.addEventListener('baton-state', () => performance.mark('state'), { once: false })
    })
    await openChat(page)
    await articles(page).last().locator('.body').filter({ hasText: 'answer 2000' }).waitFor()
    await eventually('all are there', async () => (await articles(page).count()) === 2000)
    const took = await page.evaluate(() => {
      const marks = performance.getEntriesByName('state').filter(({ startTime }) => startTime > 0)
      const shown = performance.getEntriesByName('shown')[0]?.startTime ?? Number.NaN
      return shown - Math.max(...marks.map(({ startTime }) => startTime).filter((time) => time <= shown))
    })
    console.info(`2,000 messages: the last of them on the page ${took.toFixed(0)} ms after they came`)
    const order = await log(page)
      .locator('.body')
      .evaluateAll((all) => all.map(({ textContent }) => Number(/\d+/.exec(textContent ?? '')?.[0])))
    expect(order).toEqual(site.gateway.messages.map(({ seq }) => seq))
    const toTheEnd = () =>
      page.locator('.scroller').evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight)
    await eventually('the end is in view', async () => (await toTheEnd()) < 4)
    const wire = await visitor.newCDPSession(page)
    await wire.send('Performance.enable')
    const before = await tasksOf(wire)
    await page.locator('.scroller').evaluate(async (box, frames) => {
      for (let i = 0; i < frames; i++) {
        box.scrollTop -= 200
        await new Promise(requestAnimationFrame)
      }
    }, FRAMES)
    const frameMs = (((await tasksOf(wire)) - before) * 1000) / FRAMES
    console.info(`2,000 messages: a frame of scrolling takes ${frameMs.toFixed(1)} ms of the main thread`)
  })

  test.each([
    { of: 'signs', piece: 'a*b_[`<![(~|'.repeat(21).slice(0, 250) },
    { of: 'words', piece: 'some words and more of them, '.repeat(9).slice(0, 250) },
  ])('a line of 50,000 characters, of $of, comes piece by piece without a freeze', async ({ of, piece }) => {
    site.gateway.messages = [
      site.gateway.message({ seq: 1, role: 'user', content: 'go' }),
      site.gateway.message({ seq: 2, status: 'streaming' }),
    ]
    const answer = site.gateway.messages[1] as Message
    const page = await site.visits.open(visitor)
    await body(page, 1).and(page.locator(':not(.raw)')).waitFor({ state: 'attached' }) // what reads markdown is there
    const longest = await watchTasks(page)
    const { sessionId } = site.gateway
    for (let offset = 0; offset < 50_000; offset += piece.length) {
      site.gateway.tell('delta', { sessionId, messageId: answer.id, attempt: 1, offset, text: piece })
      if (offset % 5000 === 0) await page.evaluate(() => new Promise(requestAnimationFrame))
    }
    const content = piece.repeat(200)
    site.gateway.tell('message', { sessionId, message: { ...answer, content, status: 'complete' } })
    await button(page, 'Regenerate').waitFor()
    console.info(`50,000 characters in a line, of ${of}: longest task ${await longest()}`)
    await eventually('all of it is there', async () => (await body(page, 1).textContent()) === content)
  })

  test('an answer of 50,000 characters comes whole, and tells what it costs beside setting textContent', async () => {
    site.gateway.messages = [
      site.gateway.message({ seq: 1, role: 'user', content: 'go' }),
      site.gateway.message({ seq: 2, status: 'streaming' }),
    ]
    const answer = site.gateway.messages[1] as Message
    const page = await site.visits.open(visitor)
    const { sessionId } = site.gateway
    let offset = 0
    const widget = await costsOf(page, async (text) => {
      site.gateway.tell('delta', { sessionId, messageId: answer.id, attempt: 1, offset, text })
      offset += text.length
      await page.evaluate(() => new Promise(requestAnimationFrame))
    })
    expect((await body(page, 1).textContent())?.length).toBeGreaterThan(offset / 2)

    const bare = await visitor.newPage()
    await bare.setContent('<div id="text" style="width: 300px"></div>')
    const plain = await costsOf(bare, (text) =>
      bare.evaluate((more) => {
        const box = document.getElementById('text')
        if (box !== null) box.textContent += more
        scrollTo(0, 1e6)
        return new Promise<void>((resolve) => requestAnimationFrame(() => resolve()))
      }, text),
    )
    const told = (costs: readonly number[]) => costs.map((ms) => ms.toFixed(2)).join(', ')
    console.info(
      `${offset} characters, ms of the main thread per piece of 125, by quarters: ${told(widget)}; textContent: ${told(plain)}`,
    )
  })

  test('[W3] what was streamed is what a reload shows: a table of 5,000 rows, a long list; words that came are left alone', async () => {
    site.gateway.messages = [
      site.gateway.message({ seq: 1, role: 'user', content: 'go' }),
      site.gateway.message({ seq: 2, status: 'streaming' }),
    ]
    const answer = site.gateway.messages[1] as Message
    const page = await site.visits.open(visitor)
    const { sessionId } = site.gateway
    let content = ''
    const give = async (text: string) => {
      site.gateway.tell('delta', { sessionId, messageId: answer.id, attempt: 1, offset: content.length, text })
      content += text
      await page.evaluate(() => new Promise(requestAnimationFrame))
    }
    await give('First **some** words that')
    await eventually('they are there', async () => (await body(page, 1).locator('strong').count()) === 1)
    await body(page, 1)
      .locator('strong')
      .evaluate((word) => Reflect.set(window, 'word', word))
    const isLeftAlone = () => page.evaluate(() => (Reflect.get(window, 'word') as Element).isConnected)
    await give(' are *continued*.')
    expect(await isLeftAlone()).toBe(true)
    const longest = await watchTasks(page)
    await give('\n\n| a | b |\n| - | -: |\n')
    const rows = Array.from({ length: 5000 }, (_, i) => `| **row** ${i} | ${i * 7} |\n`)
    for (let i = 0; i < rows.length; i += 250) await give(rows.slice(i, i + 250).join(''))
    expect(await isLeftAlone()).toBe(true)
    const items = Array.from({ length: 600 }, (_, i) => `- an item ${i} of *very* many\n`).join('')
    for (let i = 0; i < items.length; i += 1000) await give((i === 0 ? '\n' : '') + items.slice(i, i + 1000))
    site.gateway.messages = [site.gateway.messages[0] as Message, { ...answer, content, status: 'complete' }]
    site.gateway.tell('message', { sessionId, message: site.gateway.messages[1] as Message })
    // Looking for a role among so many elements takes longer than all that is measured here.
    const whole = async () => {
      await page.waitForFunction(() => {
        const chat = document.querySelector('baton-launcher')?.chat
        return chat?.state.answering === false && chat.shadowRoot?.querySelectorAll('tbody tr').length === 5000
      })
      return longest()
    }
    const elements = () =>
      body(page, 1).evaluate((text) =>
        [...text.querySelectorAll('*')]
          .filter(({ className }) => className !== 'end')
          .map(({ outerHTML }) => outerHTML),
      )
    console.info(`a table of 5,000 rows and 600 items, streamed: longest task ${await whole()}`)
    const streamed = await elements()
    await page.reload()
    await watchTasks(page)
    await openChat(page)
    console.info(`the same, loaded: longest task ${await whole()}`)
    const loaded = await elements()
    expect(streamed.length).toBe(loaded.length)
    expect(streamed.filter((one, at) => one !== loaded[at])).toEqual([])
  })

  test('the first paint tells what it costs', async () => {
    const costOf = async (withWidget: boolean) => {
      const page = await visitor.newPage()
      if (!withWidget)
        await page.route('**/widget.js', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }))
      const wire = await visitor.newCDPSession(page)
      await wire.send('Performance.enable')
      await page.goto(site.visits.host.url)
      await page
        .getByRole(withWidget ? 'button' : 'heading')
        .first()
        .waitFor() // looking costs something, too
      return (await tasksOf(wire)) * 1000
    }
    await costOf(true) // the browser's own first page costs more
    const costs: number[] = []
    for (let i = 0; i < 3; i++) costs.push(-(await costOf(false)) + (await costOf(true)))
    const told = costs.map((ms) => ms.toFixed(0)).join(', ')
    console.info(`first paint: the launcher takes ${told} ms of the main thread, three times`)
  })
})

/** Watches for tasks of the main thread that take more than 50 ms; the longest so far, in words. */
async function watchTasks(page: Page): Promise<() => Promise<string>> {
  await page.evaluate(() => {
    const longest = { ms: 0 }
    Reflect.set(window, 'longest', longest)
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) longest.ms = Math.max(longest.ms, duration)
    }).observe({ entryTypes: ['longtask'] })
  })
  return async () => {
    const ms = await page.evaluate(() => (Reflect.get(window, 'longest') as { ms: number }).ms)
    return ms === 0 ? 'under 50 ms' : `${ms.toFixed(0)} ms`
  }
}

/** Seconds that the page's main thread has worked. */
async function tasksOf(wire: CDPSession): Promise<number> {
  const { metrics } = await wire.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN
}

/** Gives an answer of 50,000 characters piece by piece; what a piece cost in each quarter of it, in milliseconds. */
async function costsOf(page: Page, give: (text: string) => Promise<unknown>): Promise<number[]> {
  const wire = await page.context().newCDPSession(page)
  await wire.send('Performance.enable')
  const costs: number[] = []
  for (let quarter = 0; quarter < 4; quarter++) {
    const before = await tasksOf(wire)
    for (let i = 0; i < PIECES; i++) await give(pieceOf(quarter * PIECES + i))
    costs.push(((await tasksOf(wire)) - before) * (1000 / PIECES))
  }
  return costs
}

/** Of scrolling. */
const FRAMES = 120
/** Pieces in a quarter of the answer: 50,000 characters in all. */
const PIECES = 100

/** 125 characters of a text with paragraphs of some seven lines. */
function pieceOf(i: number): string {
  const text = i % 5 === 4 ? `and **a word** number ${i}.\n\n` : ''
  return text.padStart(125, 'some words of a paragraph ')
}

describe('what goes wrong', () => {
  test('a message that was refused can be tried again where that can help, or discarded', async () => {
    site.gateway.on('message:send', () => refused('rate_limited', true, 3_600_000))
    const page = await site.visits.open(visitor)
    await ask(page, 'one too many')
    await articles(page).getByText('Not sent: too many messages').waitFor()
    site.gateway.on('message:send', (request) => site.gateway.take(request))
    await button(page, 'Retry').click()
    await articles(page).nth(1).waitFor()
    expect(await articles(page).count()).toBe(2)
    site.gateway.on('message:send', () => refused('too_large'))
    await ask(page, 'much too long')
    await articles(page).getByText('Not sent: it is too long').waitFor()
    expect(await button(page, 'Retry').count()).toBe(0)
    await button(page, 'Discard').click()
    await button(page, 'Discard').waitFor({ state: 'detached' })
    expect(await articles(page).count()).toBe(2)
  })

  test('a refused Regenerate says why, and a lost connection comes back by itself', async () => {
    site.gateway.messages = history(2)
    site.gateway.on('message:regenerate', () => refused('rate_limited', true))
    const page = await site.visits.open(visitor)
    await button(page, 'Regenerate').click()
    await says(page, 'That did not work: too many messages')
    site.gateway.cut()
    await site.gateway.until(() => site.gateway.sent('session:open').length > 1)
  })

  test('sources are links where they are http, and older messages are fetched at the top', async () => {
    const metadata = {
      sources: [
        { title: 'Manual', url: 'https://example.org/m' },
        { title: 'Odd', url: 'javascript:1' },
      ],
    }
    const all = history(60)
    site.gateway.messages = [...all.slice(40, 59), site.gateway.message({ seq: 60, content: 'with sources', metadata })]
    site.gateway.on('session:history', () => ({ messages: all.slice(0, 40), hasMore: false }))
    const page = await site.visits.open(visitor)
    const sources = page.getByRole('list', { name: 'Sources' }).getByRole('listitem')
    await sources.first().waitFor()
    expect(await sources.allInnerTexts()).toEqual(['Manual\nexample.org', 'Odd'])
    expect(await sources.getByRole('link').allInnerTexts()).toEqual(['Manual\nexample.org'])
    await page.locator('.scroller').hover()
    await page.mouse.wheel(0, -100_000)
    await eventually('the older ones are there', async () => (await articles(page).count()) === 60)
    await page.getByText('question 1', { exact: true }).waitFor()
  })
})
