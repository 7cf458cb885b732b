import type { BrowserContext, Page } from 'playwright-core'
import { beforeEach, expect, test } from 'vitest'
import type { Message } from '../../src/protocol/message.ts'
import { eventually } from '../support/conditions.ts'
import { scriptedSite } from './scripted-site.ts'
import { body } from './widget-fixture.ts'

const site = scriptedSite()
let visitor: BrowserContext
beforeEach(async () => {
  site.embed()
  visitor = await site.visits.visitor()
})

function answer(part: Partial<Message>): Message {
  site.gateway.messages = [
    site.gateway.message({ role: 'user', content: 'List them' }),
    site.gateway.message({ seq: 2, ...part }),
  ]
  return site.gateway.messages[1] as Message
}

/** For each numbered list its first number, and whether there is room before its items for the highest. */
function roomsOf(page: Page): Promise<[start: number, hasRoom: boolean][]> {
  return body(page, 1)
    .locator('ol')
    .evaluateAll((lists) =>
      (lists as HTMLOListElement[]).map((list) => {
        const { paddingInlineStart, font } = getComputedStyle(list)
        const pen = document.createElement('canvas').getContext('2d') as CanvasRenderingContext2D
        pen.font = font
        const highest = list.start + list.children.length - 1
        // The browser keeps a little more than a blank between the number and the words; the edge lets a third of a letter stand out.
        return [list.start, Number.parseFloat(paddingInlineStart) >= pen.measureText(`${highest}.`).width]
      }),
    )
}

test('[W3] the numbers of a list are whole, however high: nested, quoted, from right to left', async () => {
  const content = [
    '99. short',
    '2024. It was a year',
    '12345. five',
    '> 1000. quoted',
    '- 2025. nested\n  - words',
    '999999999. the highest',
    '3000. كانت سنة جيدة جدا',
  ]
  answer({ content: content.join('\n\nwords\n\n') })
  const page = await site.visits.open(visitor)
  await body(page, 1).getByText('the highest').waitFor()
  const starts = [99, 2024, 12345, 1000, 2025, 999999999, 3000]
  expect(await roomsOf(page)).toEqual(starts.map((start) => [start, true]))
  const plain = await body(page, 1)
    .locator('ul')
    .evaluateAll((lists) => lists.map((list) => getComputedStyle(list).paddingInlineStart))
  expect(new Set(plain)).toEqual(new Set([plain[0]]))
})

test('[W3] a list that comes to its hundredth item has room for it, and what was there stays', async () => {
  const { id: messageId } = answer({ status: 'streaming' })
  const page = await site.visits.open(visitor)
  const { sessionId } = site.gateway
  let content = ''
  const give = (text: string) => {
    site.gateway.tell('delta', { sessionId, messageId, attempt: 1, offset: content.length, text })
    content += text
  }
  for (let i = 1; i < 100; i++) give(`${i}. item\n`)
  await body(page, 1).locator('li').nth(98).waitFor()
  await body(page, 1)
    .locator('li')
    .first()
    .evaluate((item) => Reflect.set(window, 'item', item))
  give('100. the hundredth\n')
  await body(page, 1).getByText('the hundredth').waitFor()
  await eventually('there is room', async () => (await roomsOf(page))[0]?.[1] === true)
  expect(await page.evaluate(() => (Reflect.get(window, 'item') as Element).isConnected)).toBe(true)
})
