import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { startCluster } from '../support/cluster.ts'
import { eventually } from '../support/conditions.ts'
import { scriptedSite } from './scripted-site.ts'
import { articles, ask, body, button, hasSlidIn, log, openChat, reads, says, textBox } from './widget-fixture.ts'

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }

const site = scriptedSite()

/** A site with the launcher, or with what `body` says. */
function embed({ body = '', html = 'lang="en"', inline = false, attributes = '' } = {}): void {
  const launcher = inline ? '' : 'data-launcher '
  site.embed({ attributes: `${launcher}data-server="${site.gateway.url}" ${attributes}`, body, html, strict: false })
}

/** One question, and one answer of this text. */
function history(content: string): void {
  site.gateway.messages = [
    site.gateway.message({ role: 'user', content: 'Why?' }),
    site.gateway.message({ seq: 2, content }),
  ]
}

const sizes = (page: Page) =>
  page.locator('baton-launcher').evaluate((launcher) => {
    const chat = launcher.shadowRoot?.querySelector('baton-chat')?.shadowRoot
    const boxes = ['.icon', 'h2', 'textarea', '.round', '.body', '.action'].map((name) => chat?.querySelector(name))
    return boxes.map((box) => box && [getComputedStyle(box).fontSize, box.clientHeight])
  })

describe('[W1] on a site of any kind', () => {
  test('a size of text that the site gives its html changes nothing in the chat', async () => {
    history('An answer.')
    embed()
    const usual = await site.visits.open(await site.visits.visitor())
    await reads(usual, 1, 'An answer.')
    embed({ html: 'lang="en" style="font-size: 62.5%"', body: '<style>* { font-size: 11px }</style>' })
    const small = await site.visits.open(await site.visits.visitor())
    await reads(small, 1, 'An answer.')
    expect(await sizes(small)).toEqual(await sizes(usual))
    expect((await sizes(usual)).length).toBe(6)
  })

  test('on a site that is wider than a phone the launcher is in sight, and the panel fills the screen', async () => {
    embed({ body: '<div style="width: 1200px; height: 3000px">wide</div>' })
    const page = await site.visits.visit(await site.visits.visitor(PHONE))
    const inSight = () =>
      page.evaluate(() => {
        const button = document.querySelector('baton-launcher')?.shadowRoot?.querySelector('button')
        const { left = -1, right = -1, top = -1, bottom = -1 } = button?.getBoundingClientRect() ?? {}
        const { offsetLeft, offsetTop, width, height } = visualViewport as VisualViewport
        return left >= offsetLeft && right <= offsetLeft + width && top >= offsetTop && bottom <= offsetTop + height
      })
    await eventually('the launcher is in sight', inSight)
    await openChat(page)
    await hasSlidIn(page)
    const panel = await page.locator('dialog').boundingBox()
    expect(panel).toEqual({ x: 0, y: 0, width: 390, height: 844 })
  })

  test('behind the panel that fills a phone the site stays where it is, and scrolls again when it is closed', async () => {
    embed({ body: '<div style="height: 3000px">long</div>' })
    const page = await site.visits.open(await site.visits.visitor(PHONE))
    const overflow = () => page.evaluate(() => getComputedStyle(document.documentElement).overflowY)
    expect(await overflow()).toBe('hidden')
    await page.mouse.move(200, 400)
    await page.mouse.wheel(0, 500)
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    expect(await page.evaluate(() => scrollY)).toBe(0)
    await button(page, 'Close chat').click()
    await eventually('it may scroll again', async () => (await overflow()) === 'visible')
  })

  test('a chat inline is printed whole, its composer is not', async () => {
    history(Array.from({ length: 60 }, (_, i) => `Paragraph ${i}.`).join('\n\n'))
    embed({ inline: true, body: '<baton-chat></baton-chat>' })
    const page = await site.visits.visit(await site.visits.visitor())
    await reads(page, 1, 'Paragraph 59.')
    await page.emulateMedia({ media: 'print' })
    const { content, height } = await page.locator('baton-chat').evaluate((chat) => ({
      content: chat.shadowRoot?.querySelector('.content')?.getBoundingClientRect().height ?? Number.NaN,
      height: chat.getBoundingClientRect().height,
    }))
    expect(height).toBeGreaterThan(content)
    expect(content).toBeGreaterThan(1200)
    await textBox(page).waitFor({ state: 'hidden' })
  })
})

test('[W1] on paper a table and code are as wide as the paper, whatever is in them', async () => {
  const cells = 'This plan has a long description of what is in it. '.repeat(3)
  const word = 'abc123'.repeat(30)
  history(
    `| plan of all | what it gives to you | ${word} |\n|-|-|-|\n| basic | ${cells} | ${cells} |\n\n\`\`\`\ncurl ${word}\n\`\`\``,
  )
  embed({ inline: true, body: '<baton-chat></baton-chat>' })
  const page = await site.visits.visit(await site.visits.visitor({ viewport: { width: 700, height: 700 } }))
  await page.locator('.body table').waitFor()
  await page.emulateMedia({ media: 'print' })
  const over = () =>
    page
      .locator('.body')
      .last()
      .evaluate((answer) => {
        const { right } = answer.getBoundingClientRect()
        const parts = [...answer.querySelectorAll<HTMLElement>('th, td, code, pre, table')]
        return parts.filter((part) => part.getBoundingClientRect().right > right + 1).map(({ localName }) => localName)
      })
  expect(await over()).toEqual([])
})

describe('what is seen', () => {
  test('a short reconnect moves nothing', async () => {
    history('An answer.')
    embed()
    const page = await site.visits.open(await site.visits.visitor())
    await reads(page, 1, 'An answer.')
    await hasSlidIn(page)
    await page.locator('baton-launcher').evaluate((launcher) => {
      const message = launcher.shadowRoot?.querySelector('baton-chat')?.shadowRoot?.querySelector('article')
      const tops = new Set<number>()
      Reflect.set(window, 'tops', tops)
      const look = () => {
        tops.add(Math.round(message?.getBoundingClientRect().top ?? Number.NaN))
        requestAnimationFrame(look)
      }
      requestAnimationFrame(look)
    })
    site.gateway.cut()
    await site.gateway.until(() => site.gateway.sent('session:open').length > 1)
    await says(page, 'Connected')
    expect(await page.evaluate(() => (Reflect.get(window, 'tops') as Set<number>).size)).toBe(1)
  })

  test('a long reconnect is told in a word that the header of a phone has room for', async () => {
    history('An answer.') // then there is the button of the list as well
    embed()
    const page = await site.visits.open(await site.visits.visitor(PHONE))
    site.gateway.admit = () => ({ code: 'overloaded', message: 'busy', retryable: true })
    site.gateway.cut()
    await says(page, 'Connection lost. Reconnecting …')
    const isWhole = page.locator('.status > span:not(.dot, .unseen)').evaluateAll((shown) => {
      return shown.map(({ scrollWidth, clientWidth }) => scrollWidth <= clientWidth)
    })
    expect(await isWhole).toEqual([true])
  })

  test('a table that shows all of its columns has no shade at its end', async () => {
    history('| left | centre | right |\n| :-- | :-: | --: |\n| `offset` | 2048 | 4096 |')
    embed()
    const page = await site.visits.open(await site.visits.visitor({ reducedMotion: 'reduce' }))
    await reads(page, 1, '4096')
    const table = body(page, 1).locator('table')
    await table.waitFor()
    const { x, y, width, height } = await table.evaluate((own) => own.getBoundingClientRect().toJSON())
    const end = () => page.screenshot({ clip: { x: x + width - 4, y, width: 8, height } })
    const usual = await end()
    await table.evaluate((own) => own.style.setProperty('background', 'none'))
    expect(usual.equals(await end())).toBe(true)
  })

  test('a table is aligned as the answer says', async () => {
    history('| a | b | c |\n| :-- | :-: | --: |\n| 1 | 2 | 3 |')
    embed()
    const page = await site.visits.open(await site.visits.visitor())
    await reads(page, 1, '3')
    const aligned = () =>
      body(page, 1)
        .locator('td')
        .evaluateAll((cells) => cells.map((cell) => getComputedStyle(cell).textAlign))
    await eventually('it is a table', async () => (await aligned()).length === 3)
    expect(await aligned()).toEqual(['left', 'center', 'right'])
  })

  test('a table of an answer from right to left stands at the right, one from left to right at the left', async () => {
    history('| الاسم | القيمة |\n| - | - |\n| وزن | كبير |\n\nنص عربي.\n\n| a | b |\n| - | - |\n| 1 | 2 |')
    embed({ html: 'lang="ar" dir="rtl"' })
    const page = await site.visits.visit(await site.visits.visitor({ reducedMotion: 'reduce' }))
    await button(page, 'فتح المحادثة').click()
    const answer = page.locator('.assistant .body')
    const gaps = () =>
      answer.locator('table').evaluateAll((tables) =>
        tables.map((table) => {
          const [own, all] = [table, table.closest('.body') ?? table].map((one) => one.getBoundingClientRect())
          return [(own?.left ?? 0) - (all?.left ?? 0) < 1, (all?.right ?? 0) - (own?.right ?? 0) < 1]
        }),
      )
    await eventually('both are there', async () => (await gaps()).length === 2)
    expect(await gaps()).toEqual([
      [false, true],
      [true, false],
    ])
  })

  // How far marks rise is the font's affair: what is painted outside its message is cut off.
  test('marks stacked on a letter stay in their own message', async () => {
    history(`x${'\u0310\u0342\u0346'.repeat(40)}`)
    embed()
    const page = await site.visits.open(await site.visits.visitor())
    await reads(page, 1, 'x')
    const overflow = () => body(page, 1).evaluate((text) => getComputedStyle(text).overflow)
    await eventually('it is clipped', async () => (await overflow()) === 'clip')
  })
})

describe('what is said', () => {
  const live = (page: Page, text: string) =>
    page.locator('[aria-live=polite]').filter({ hasText: text }).waitFor({ state: 'attached' })

  test('who does not see it is told that an answer is coming, and that something was copied', async () => {
    history('An answer.')
    embed()
    site.gateway.on('message:send', (request) => {
      const sent = site.gateway.take(request)
      const answer = { ...sent.answer, status: 'streaming' as const }
      site.gateway.messages[site.gateway.messages.length - 1] = answer
      return { ...sent, answer }
    })
    const page = await site.visits.open(await site.visits.visitor())
    await button(page, 'Copy').click()
    await live(page, 'Copied')
    await ask(page, 'And?')
    await live(page, 'An answer is coming.')
  })

  test('an answer that failed with no text says so, and what happened can be copied', async () => {
    site.gateway.messages = [
      site.gateway.message({ role: 'user', content: 'Why?' }),
      site.gateway.message({
        seq: 2,
        status: 'error',
        metadata: { error: { code: 'llm_failed', message: 'policy', retryable: false } },
      }),
    ]
    embed()
    const context = await site.visits.visitor()
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    const page = await site.visits.open(context)
    await articles(page).nth(1).getByText('No answer came. Please try again.').waitFor()
    await button(page, 'Copy details').click()
    const copied = () => page.evaluate(() => navigator.clipboard.readText())
    await eventually('the details are copied', async () => (await copied()).includes('llm_failed'))
    expect(JSON.parse(await copied())).toMatchObject({
      message: site.gateway.messages[1]?.id,
      error: { message: 'policy' },
    })
  })

  test('a refusal is told in words for visitors, what was typed is kept, and Retry sends it', async () => {
    embed({ attributes: 'data-token="stale"' })
    site.gateway.on('message:send', (request) => site.gateway.take(request))
    let refusals = 0
    site.gateway.admit = () => {
      refusals++
      return { code: 'unauthorized', message: 'token: has expired', retryable: false }
    }
    const context = await site.visits.visitor()
    const warnings: string[] = []
    context.on('console', (line) => line.type() === 'warning' && warnings.push(line.text()))
    const page = await site.visits.visit(context)
    await button(page, 'Open chat').click()
    await says(page, 'The chat is not available right now. What you write is kept.')
    expect(await page.getByText('token').count()).toBe(0)
    await page.locator('.status').getByText('Offline').waitFor()
    expect((await page.getByRole('status').boundingBox())?.width, 'not for the eyes as well').toBe(1)
    expect(warnings).toContain('baton-chat: token: has expired')
    await ask(page, 'typed all the same')
    await articles(page).getByText('Waiting to be sent').waitFor()
    await eventually('what is typed makes it try once more', () => refusals === 2)
    site.gateway.admit = () => null
    await button(page, 'Retry').click()
    await site.gateway.until(() => site.gateway.sent('message:send').length === 1)
    await says(page, 'Connected')
    expect(site.gateway.sent('message:send')[0]?.content).toBe('typed all the same')
    await log(page).getByText('Waiting to be sent').waitFor({ state: 'detached' })
  })
})

test('[W1] an origin that is refused, and a gateway that is dead, are told after a while in words for visitors, and can be tried again', async () => {
  const strict = await startCluster({ env: { STORE: 'memory', ALLOWED_ORIGINS: 'https://elsewhere.example' } })
  try {
    site.embed({ attributes: `data-launcher data-server="${strict.urlOf(0)}"`, strict: false })
    const page = await site.visits.visit(await site.visits.visitor())
    await button(page, 'Open chat').click()
    await says(page, 'The chat cannot be reached.')
    expect(await page.getByText('ALLOWED_ORIGINS').count()).toBe(0)
    await button(page, 'Retry').waitFor()
    await ask(page, 'kept')
    await articles(page).getByText('Waiting to be sent').waitFor()
  } finally {
    await strict.stop()
    site.visits.complaints.length = 0 // the browser's own, of the refusal
  }
})
