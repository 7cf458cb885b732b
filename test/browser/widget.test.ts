import type { BrowserContext } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually, Latch } from '../support/conditions.ts'
import { silence } from '../support/scripted-model.ts'
import { answered, articles, ask, body, button, log, openChat, reads, says, textBox, Visits } from './widget-fixture.ts'

let cluster: Cluster
let visits: Visits
let visitor: BrowserContext

beforeAll(async () => {
  ;[cluster, visits] = await Promise.all([startCluster({ replicas: 3, nginx: true }), Visits.start()])
})
afterAll(async () => {
  await visits?.stop()
  await cluster?.stop()
})
afterEach(() => visits.leave())

/** The stories are the same on each; every language and direction is in widget-looks.test.ts. */
const LOOKS = [
  { width: 1280, height: 800, colorScheme: 'light' },
  { width: 390, height: 844, colorScheme: 'dark' },
] as const

describe.each(LOOKS)('$width x $height, $colorScheme', ({ width, height, colorScheme }) => {
  beforeEach(async () => {
    visits.embed({ gateway: cluster.urlOf('nginx') })
    visitor = await visits.visitor({ viewport: { width, height }, colorScheme })
  })

  describe('[W1] one line on a page of another origin, under a strict content security policy', () => {
    test('puts a launcher at the lower right, that opens, closes, and connects nobody who does not ask', async () => {
      const page = await visits.visit(visitor)
      const launcher = await button(page, 'Open chat').boundingBox()
      const { width = 0, height = 0 } = page.viewportSize() ?? {}
      expect(launcher?.x).toBeGreaterThan(width - 100)
      expect(launcher?.y).toBeGreaterThan(height - 100)
      expect(await page.evaluate(() => localStorage.length)).toBe(0)
      await openChat(page)
      expect(await textBox(page).evaluate((box) => box.matches(':focus'))).toBe(true)
      await page.keyboard.press('Escape')
      await button(page, 'Open chat').waitFor()
      expect(await button(page, 'Open chat').evaluate((launcher) => launcher.matches(':focus'))).toBe(true)
      await page.keyboard.press('Enter')
      await button(page, 'Close chat').click()
      await button(page, 'Open chat').waitFor()
    })

    test('counts what comes while the panel is closed', async () => {
      const latch = cluster.model.saysInTwo('wait', ' for it')
      const page = await visits.open(visitor)
      await ask(page, 'go')
      await reads(page, 1, 'wait')
      await page.keyboard.press('Escape')
      latch.open()
      await page.locator('.badge', { hasText: '1' }).waitFor()
      expect(await page.locator('#unread').textContent()).toBe('Unread messages: 1')
      await openChat(page)
      await page.locator('.badge').waitFor({ state: 'hidden' })
    })

    test('<baton-chat> is the same chat inline, with properties, methods and events', async () => {
      visits.embed({
        gateway: cluster.urlOf('nginx'),
        attributes: '',
        body: '<baton-chat greeting="Ahoy"></baton-chat>',
      })
      cluster.model.say('aye')
      const page = await visits.visit(visitor)
      await says(page, 'Connected')
      expect(await button(page, 'Open chat').count()).toBe(0)
      await page.getByText('Ahoy').waitFor()
      const heard = await page.evaluate(async () => {
        const chat = document.querySelector('baton-chat')
        if (chat === null) throw new Error('no chat')
        const heard: string[] = []
        const ended = new Promise<void>((resolve) => {
          document.addEventListener('baton-message', (event) => {
            const { message } = (event as CustomEvent).detail
            heard.push(`${message.role}: ${message.content}`)
            if (message.role === 'assistant') resolve()
          })
        })
        await chat.send('hoist the flag')
        await ended
        return [...heard, chat.state.connection]
      })
      expect(heard).toEqual(['user: hoist the flag', 'assistant: aye', 'online'])
      await reads(page, 1, 'aye')
    })
  })

  describe('[W2] talking', () => {
    test('Enter sends, Shift+Enter breaks the line; the answer streams as markdown', async () => {
      const latch = cluster.model.saysInTwo(
        '# A *heading*\n\n```js\nlet first = 1',
        '\nlet last = 2\n```\n\nand **last**',
      )
      const page = await visits.open(visitor)
      await textBox(page).fill('two')
      await textBox(page).press('Shift+Enter')
      await page.keyboard.type('lines')
      await button(page, 'Send').click()
      await reads(page, 1, /let first = 1\s*$/)
      expect(await body(page, 0).textContent()).toBe('two\nlines')
      expect(await articles(page).nth(1).getAttribute('aria-busy')).toBe('true')
      latch.open()
      await answered(page)
      expect(await articles(page).nth(1).getAttribute('aria-busy')).toBeNull()
      expect(await articles(page).nth(1).locator('h3 em, strong').allInnerTexts()).toEqual(['heading', 'last'])
      expect(await body(page, 1).locator('pre').textContent()).toBe('let first = 1\nlet last = 2')
      await body(page, 1).locator('pre .hljs-keyword').first().waitFor()
    })

    test('Stop keeps the text so far and ends the work of the model', async () => {
      cluster.model.script(() => ['kept text', silence])
      const page = await visits.open(visitor)
      const before = cluster.model.disconnects
      await ask(page, 'go')
      await reads(page, 1, 'kept text')
      await button(page, 'Stop').press('Enter')
      await articles(page).nth(1).getByText('Stopped').waitFor()
      await reads(page, 1, 'kept text')
      await cluster.model.until(() => cluster.model.disconnects > before)
      await button(page, 'Send').waitFor()
      expect(await textBox(page).evaluate((box) => box.matches(':focus'))).toBe(true)
    })

    test('Regenerate replaces the last answer; Copy copies it, and Copy code only the code', async () => {
      await visitor.grantPermissions(['clipboard-read', 'clipboard-write'])
      cluster.model.say('the first try')
      const page = await visits.open(visitor)
      await ask(page, 'go')
      await reads(page, 1, 'the first try')
      const second = 'the **second** try\n\n```\nx < y\n```'
      cluster.model.say(second)
      await button(page, 'Regenerate').click()
      await reads(page, 1, 'the second try')
      await answered(page)
      expect(await articles(page).count()).toBe(2)
      const copied = () => page.evaluate(() => navigator.clipboard.readText())
      await button(page, 'Copy').click()
      await eventually('the answer is copied', async () => (await copied()) === second)
      await button(page, 'Copy code').click()
      await eventually('the code is copied', async () => (await copied()) === 'x < y')
    })

    test('New conversation begins another session', async () => {
      cluster.model.say('an answer')
      const page = await visits.open(visitor)
      const session = () => page.evaluate((key) => localStorage.getItem(key), `baton:${cluster.urlOf('nginx')}:session`)
      await ask(page, 'go')
      await answered(page)
      const first = await session()
      await button(page, 'New conversation').click()
      await eventually('another session', async () => {
        const now = await session()
        return now !== null && now !== first
      })
      expect(await articles(page).count()).toBe(0)
      await page.getByText('How can I help?').waitFor()
    })

    test('a reader who scrolls up is left alone until Jump to latest', async () => {
      const long = Array.from({ length: 80 }, (_, i) => `line ${i}`).join('\n\n')
      const latch = cluster.model.saysInTwo(long, '\n\nthe end')
      const page = await visits.open(visitor)
      await ask(page, 'go')
      await reads(page, 1, 'line 79')
      const scroller = page.locator('.scroller')
      const top = () => scroller.evaluate((box) => Math.round(box.scrollTop))
      await eventually('it follows', async () => (await top()) > 500)
      const end = await top()
      await scroller.hover()
      await page.mouse.wheel(0, -20)
      await button(page, 'Jump to latest').waitFor()
      await eventually('it was scrolled', async () => (await top()) === end - 20)
      latch.open()
      await answered(page)
      expect(await top()).toBe(end - 20)
      await button(page, 'Jump to latest').click()
      await button(page, 'Jump to latest').waitFor({ state: 'hidden' })
      await eventually('it is at the end', () =>
        scroller.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight < 4),
      )
    })
  })

  describe('[W3] the same conversation everywhere', () => {
    const FIRST = '👩‍👩‍👧‍👦 one two three'
    const REST = ' — 四 five 🏽 six, and to the end.'

    test('a reload in the middle of an answer loses nothing and doubles nothing', async () => {
      const latch = cluster.model.saysInTwo(FIRST, REST)
      const page = await visits.open(visitor)
      await ask(page, 'go')
      await reads(page, 1, FIRST)
      await page.reload()
      await openChat(page)
      await reads(page, 1, FIRST)
      latch.open()
      await answered(page)
      expect(await log(page).locator('.body').allTextContents()).toEqual(['go', FIRST + REST])
      await page.reload()
      await openChat(page)
      await answered(page)
      expect(await log(page).locator('.body').allTextContents()).toEqual(['go', FIRST + REST])
    })

    test('a second tab is in step, in both directions, and follows to a new conversation', async () => {
      const latch = cluster.model.saysInTwo('half', ' and half')
      const [one, two] = [await visits.open(visitor), await visits.open(visitor)]
      await ask(one, 'from one')
      await reads(two, 1, 'half')
      latch.open()
      await Promise.all([one, two].map((page) => reads(page, 1, 'half and half')))
      await answered(two)
      cluster.model.say('as you say')
      await ask(two, 'from two')
      await Promise.all([one, two].map((page) => reads(page, 3, 'as you say')))
      await button(one, 'New conversation').click()
      await eventually('the other tab follows', async () => (await articles(two).count()) === 0)
    })

    test('[F2] the replica that serves and writes is killed in the middle of an answer: not a character differs', async () => {
      const pieces = Array.from({ length: 120 }, (_, i) => `${i} 四🏽 `)
      const halfway = new Latch()
      cluster.model.script(async function* ({ continues }) {
        for (const [i, piece] of pieces.entries()) {
          if (continues !== null && pieces.slice(0, i + 1).join('').length <= continues.length) continue
          const cut = continues === null ? 0 : Math.max(0, continues.length - pieces.slice(0, i).join('').length)
          if (i === 60) await halfway.opened
          yield piece.slice(cut)
        }
      })
      const page = await visits.open(visitor)
      await ask(page, 'go')
      await reads(page, 1, '59 四🏽')
      const serving = await page.evaluate(() => document.querySelector('baton-launcher')?.state?.replica)
      const replica = cluster.replicas.find(({ id }) => id === serving)
      if (replica === undefined) throw new Error(`nobody knows who serves: ${serving}`)
      await replica.kill()
      try {
        halfway.open()
        await answered(page)
        expect(await log(page).locator('.body').allTextContents()).toEqual(['go', pieces.join('')])
        const state = await page.evaluate(() => document.querySelector('baton-launcher')?.state)
        expect(state?.messages.at(-1)?.content).toBe(pieces.join(''))
        expect(state?.replica).not.toBe(serving)
        expect(state?.messages.at(-1)?.metadata.replicas).toEqual([serving, expect.stringMatching(/^r\d$/)])
      } finally {
        await replica.start()
      }
    })

    test('what is typed offline is kept, and sent exactly once', async () => {
      cluster.model.say('welcome back')
      const page = await visits.open(visitor)
      const before = cluster.model.generations
      const wire = await visitor.newCDPSession(page)
      const network = (offline: boolean) =>
        wire.send('Network.emulateNetworkConditions', {
          offline,
          latency: 0,
          downloadThroughput: -1,
          uploadThroughput: -1,
        })
      await network(true)
      await says(page, 'offline')
      await ask(page, 'typed in a tunnel')
      await articles(page).getByText('Waiting to be sent').waitFor()
      await network(false)
      await reads(page, 1, 'welcome back')
      await answered(page)
      expect(await log(page).locator('.body').allTextContents()).toEqual(['typed in a tunnel', 'welcome back'])
      expect(cluster.model.generations - before).toBe(1)
    })
  })

  describe('[W4] a hostile answer', () => {
    test.each([true, false])('runs nothing, loads nothing, styles nothing (strict policy: %s)', async (strict) => {
      visits.embed({ gateway: cluster.urlOf('nginx'), strict })
      const requests: string[] = []
      visitor.on('request', (request) => requests.push(request.url()))
      cluster.model.say(HOSTILE.split('|'))
      const page = await visits.open(visitor)
      page.on('dialog', () => visits.complaints.push('a dialog'))
      await ask(page, 'attack')
      await answered(page)
      await reads(page, 1, /the end\s*$/)
      const forbidden =
        'img, script, style, link, iframe, svg:not(.action > svg), form, input, video, object, [style], [id], [onclick]'
      expect(await body(page, 1).locator(forbidden).count()).toBe(0)
      const links = await body(page, 1)
        .locator('a')
        .evaluateAll((all) => all.map((a) => ['href', 'rel', 'target'].map((name) => a.getAttribute(name))))
      expect(links).toEqual(
        ['https://evil.example/pixel.png', 'https://example.org/?a=1&b=2', 'mailto:a@example.org'].map((href) => [
          href,
          'noopener noreferrer',
          '_blank',
        ]),
      )
      expect(await page.evaluate(() => Reflect.get(window, 'hacked'))).toBeUndefined()
      const known = [visits.host.url, cluster.urlOf('nginx'), 'data:,']
      expect(requests.filter((url) => !known.some((place) => url.startsWith(place)))).toEqual([])
    })
  })
})

const HOSTILE = `<img src=x one|rror="window.hacked=1"> <script>window.hacked=2</script>

![remote](https://evil.example/pixel.png)

[bad](javascript:window.hacked=3) [coded](javascript&#58;window.hacked=3) [tab](<java\tscript:window.hacked=3>) [worse](data:text/html,<script>window.hacked=4</script>) [odd](vbscript:x) [file](file:///etc/passwd) [own](/api/chat/sessions) [other](//evil.example)

[good](https://example.org/?a=1&b=2) [mail](mailto:a@example.org)

<a href="javascript:window.hacked=5">click</a> <style>body{display:none}</style> <div style="position:fixed;inset:0">over</div>

<svg onload="window.hacked=6"><iframe src="https://evil.example"></iframe></svg>

\`\`\`"><img src=x onerror=window.hacked=7>
<b onclick="window.hacked=8">
\`\`\`

| a | b |
| --- | --- |
| <form action=https://evil.example> | <input autofocus onfocus=window.hacked=9> |

&lt;img src=x onerror=window.hacked=10&gt;

the end`
