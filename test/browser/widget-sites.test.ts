import type { BrowserContextOptions, FrameLocator, Page } from 'playwright-core'
import { beforeEach, describe, expect, test } from 'vitest'
import { scriptedSite } from './scripted-site.ts'

const site = scriptedSite()

beforeEach(() => {
  const { gateway } = site
  const attachments = [{ name: 'bill.pdf', type: 'application/pdf', url: 'https://files.example.org/bill.pdf' }]
  const content = 'Why?\n\n[bill.pdf](https://files.example.org/bill.pdf)'
  gateway.messages = [
    gateway.message({ role: 'user', content, metadata: { attachments } }),
    gateway.message({ seq: 2, content: ANSWER, metadata: METADATA }),
  ]
})

const ANSWER = `## Because

Some **words** with \`code\`, and a [link](https://example.org).

1. one
2. two

> A quotation

\`\`\`
plain code
\`\`\`

| a | b |
| - | - |
| 1 | 2 |`

const METADATA = {
  reasoning: 'Let me see.',
  sources: [{ title: 'Delivery', url: 'https://www.example.org/delivery' }, { title: 'A note' }],
  suggestions: ['Since when?', 'By whom?'],
}

interface Kind {
  /** What is before the chat. */
  readonly before?: string
  readonly after?: string
  readonly html?: string
  readonly strict?: boolean
  readonly options?: BrowserContextOptions
}

/** A site of this kind, with the launcher, and a chat in its content that has all that a conversation can show. */
async function open({
  before = '',
  after = '',
  html = 'lang="en"',
  strict = false,
  options = {},
}: Kind = {}): Promise<Page> {
  const attributes = `data-launcher data-server="${site.gateway.url}" data-assistant="Ada" data-feedback`
  site.embed({ attributes, body: `${before}<baton-chat></baton-chat>${after}`, html, strict })
  const page = await site.visits.visit(await site.visits.visitor({ reducedMotion: 'reduce', ...options }))
  await isThere(page)
  return page
}

/** Resolves once the conversation is on the page, with every part that it can have. */
async function isThere(page: Page | FrameLocator): Promise<void> {
  await page
    .locator('baton-chat')
    .first()
    .evaluate((own) => {
      Object.assign(own, { onattach: async () => '' })
      own.style.width = '400px'
    })
  for (const part of [
    '.sources',
    '.body table',
    '.thumb-up',
    '.attach',
    '.foot .files',
    '.questions button',
    '[part=conversations]',
  ]) {
    await page.locator(part).first().waitFor()
  }
}

/** Each element of the launcher and the chat: how it looks, and where it is in its own. */
const looks = (page: Page | FrameLocator) =>
  page
    .locator('body')
    .first()
    .evaluate(async (site) => {
      // A site's transition for everything moves the widget to its look, and what follows its size does so in the next frame.
      const moving = () => document.getAnimations().filter(({ playState }) => playState === 'running')
      while (moving().length > 0) await Promise.all(moving().map(({ finished }) => finished.catch(() => {})))
      for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
      const names = [
        ...['display', 'visibility', 'opacity', 'color', 'backgroundColor', 'backgroundImage', 'boxShadow'],
        ...['fontFamily', 'fontSize', 'fontWeight', 'fontStyle', 'fontVariant', 'lineHeight', 'letterSpacing'],
        ...[
          'wordSpacing',
          'textTransform',
          'textAlign',
          'textIndent',
          'textDecorationLine',
          'textShadow',
          'whiteSpace',
        ],
        ...['cursor', 'direction', 'listStyleType', 'borderTopWidth', 'borderTopColor', 'borderRadius', 'outlineStyle'],
        ...['pointerEvents', 'userSelect', 'filter', 'transform', 'hyphens', 'tabSize', 'borderCollapse'],
      ] as const
      const within = (host: Element | null, selector: string, { x, y }: { x: number; y: number }) => {
        const shown = [...(host?.shadowRoot?.querySelectorAll(selector) ?? [])].filter((one) => one.checkVisibility())
        return shown.map((one) => {
          const style = getComputedStyle(one)
          const box = one.getBoundingClientRect()
          const at = [box.x - x, box.y - y, box.width, box.height].map(Math.round)
          return `${one.localName}.${one.className} at ${at}: ${names.map((name) => `${name} ${style[name]}`).join('; ')}`
        })
      }
      const roots = [site, ...[...site.querySelectorAll('*')].flatMap(({ shadowRoot }) => shadowRoot ?? [])]
      const found = (name: string) => roots.map((root) => root.querySelector(name)).find((one) => one !== null) ?? null
      const chat = found('baton-chat')
      const corner = { x: innerWidth, y: innerHeight }
      const start = chat?.getBoundingClientRect() ?? corner
      return [...within(found('baton-launcher'), '.launcher, .launcher *', corner), ...within(chat, '*', start)]
    })

describe('[W1] on each kind of site the widget looks as on a plain one', () => {
  let usual: readonly string[] = []
  const isAsUsual = async (page: Page | FrameLocator) => {
    const there = await looks(page)
    expect(there.filter((one, place) => one !== usual[place])).toEqual([])
    expect(there.length).toBe(usual.length)
  }
  beforeEach(async () => {
    if (usual.length === 0) usual = await looks(await open())
    expect(usual.length).toBeGreaterThan(80)
  })

  // What is in these style sheets that could reach the widget: rules for everything, for its place, and what is inherited.
  test.each([
    {
      name: 'Bootstrap',
      html: 'lang="en" data-bs-theme="dark"',
      before: `<style>
        *, *::before, *::after { box-sizing: border-box }
        :root { --bs-body-color: #dee2e6; scroll-behavior: smooth }
        body { margin: 0; font: 400 1rem/1.5 Georgia; color: var(--bs-body-color); background: #212529; -webkit-text-size-adjust: 100% }
        button, input, textarea { margin: 0; font-family: inherit; font-size: inherit; border-radius: 0 }
        .row > * { flex-shrink: 0; width: 100%; max-width: 100%; padding-inline: 12px; margin-top: 1px }
        [type=button]:not(:disabled) { cursor: crosshair } svg { vertical-align: middle } [hidden] { display: none !important }
      </style><div class="row"><div class="col">`,
    },
    {
      name: 'Tailwind',
      before: `<style>
        *, ::after, ::before, ::backdrop { box-sizing: border-box; margin: 0; padding: 0; border: 0 solid }
        html { line-height: 1.5; tab-size: 4; font-family: ui-serif, serif; font-feature-settings: "smcp" }
        img, svg, video { display: block; vertical-align: middle } ol, ul { list-style: none } h1, h2 { font: inherit }
        button, input, textarea { font: inherit; letter-spacing: inherit; color: inherit; border-radius: 0; background-color: transparent }
      </style><div class="prose uppercase tracking-widest" style="text-transform: uppercase; letter-spacing: 0.1em; text-align: center">`,
    },
    {
      name: 'WordPress',
      before: `<style>
        html { font-size: 62.5% } body { font: 2rem/1.8 serif; color: #28303d; -webkit-font-smoothing: antialiased; overflow-wrap: break-word }
        .is-layout-flow > * + * { margin-block: 30px 0 } .is-layout-constrained > :where(:not(.alignleft)) { max-width: 645px; margin-inline: auto !important }
        .entry-content > * { margin-top: 30px; word-break: break-word } .entry-content a { text-decoration: underline wavy }
        button, .wp-block-button { background: #28303d !important; padding: 15px 30px } .entry-content p { margin: 30px }
      </style><article class="entry-content is-layout-flow is-layout-constrained"><p></p>`,
    },
    { name: 'a reset of all', before: '<style>* { all: unset }</style>' },
    {
      name: 'a style for all',
      before: `<style>* { font: italic 30px/1 serif; letter-spacing: 3px; word-spacing: 9px; text-transform: uppercase; text-align: center;
        text-indent: 20px; text-shadow: 1px 1px red; white-space: pre; color: red; background: pink; margin: 0; padding: 0; border: 0;
        cursor: wait; list-style: square; border-collapse: collapse; user-select: none; hyphens: auto; tab-size: 8; transition: all 1s }</style>`,
    },
    { name: 'a policy with Trusted Types', strict: true },
    {
      name: 'Prototype.js, which has methods of arrays of its own',
      before: `<script>
        Object.assign(Array.prototype, { entries() { return [...this] } })
        Array.from = (items) => Array.prototype.slice.call(items)
      </script>`,
    },
  ])('$name', async (kind) => isAsUsual(await open(kind)))

  test('an app in a shadow tree', async () => {
    const page = await open()
    await page.evaluate(() => {
      const app = document.createElement('my-app')
      const root = app.attachShadow({ mode: 'open' })
      document.body.prepend(app)
      root.append(...document.querySelectorAll('baton-launcher, main'))
    })
    await isThere(page)
    await isAsUsual(page)
    await page.getByRole('button', { name: 'Open chat' }).click()
    await page.getByRole('dialog').getByRole('textbox').waitFor()
    await page.keyboard.press('Escape')
    expect(
      await page.getByRole('button', { name: 'Open chat' }).evaluate((launcher) => launcher.matches(':focus')),
    ).toBe(true)
  })

  test('an iframe that may neither store nor know where it comes from', async () => {
    const page = await open()
    await page.evaluate(() => {
      const html = document.documentElement.outerHTML
      document.body.innerHTML =
        '<iframe sandbox="allow-scripts" style="position: fixed; inset: 0; width: 100%; height: 100%; border: 0">'
      Object.assign(document.querySelector('iframe') ?? {}, { srcdoc: `<!doctype html>${html}` })
    })
    const frame = page.frameLocator('iframe')
    await isThere(frame)
    await isAsUsual(frame)
  })
})

const inChat = (page: Page, selectors: string) => page.locator('baton-chat').first().locator(selectors)

describe('[W1] all of it can be used', () => {
  test.each([
    { zoom: '200 %', width: 640, height: 400 },
    { zoom: '400 %', width: 320, height: 256 },
  ])('at $zoom', async ({ width, height }) => {
    const page = await open({ options: { viewport: { width, height }, deviceScaleFactor: 1280 / width } })
    await page
      .locator('baton-chat')
      .first()
      .evaluate((inline) => inline.remove())
    await page.getByRole('button', { name: 'Open chat' }).click()
    await page.getByRole('dialog').getByRole('list', { name: 'Sources' }).waitFor()
    expect(await page.locator('dialog').boundingBox()).toEqual({ x: 0, y: 0, width, height })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
    const { clientWidth, clientHeight, scrollWidth } = await page
      .locator('.scroller')
      .evaluate(({ clientWidth, clientHeight, scrollWidth }) => ({ clientWidth, clientHeight, scrollWidth }))
    expect(scrollWidth).toBe(clientWidth)
    await page.getByRole('dialog').getByRole('textbox').fill('And?')
    expect(clientHeight).toBeGreaterThan(height / 3)
    for (const control of await inChat(page, '.icon, [part=send], .question, .thumb-up, .attach').all()) {
      await control.click({ trial: true })
    }
  })

  test('in forced colours: whatever can be pressed or written in has an edge, and what is chosen is marked', async () => {
    const page = await open({ options: { forcedColors: 'active' } })
    const edges = (controls: ReturnType<typeof inChat>) =>
      controls.evaluateAll((all) =>
        all.map((one) => [getComputedStyle(one).borderTopWidth, getComputedStyle(one).borderTopStyle].join(' ')),
      )
    const framed = await edges(inChat(page, '[part=send], .question, .composer, .sources li > *, .code'))
    expect(new Set(framed)).toEqual(new Set(['1px solid']))
    const outline = () => inChat(page, '.composer').evaluate((box) => getComputedStyle(box).outlineStyle)
    expect(await outline()).toBe('none')
    await inChat(page, 'textarea').focus()
    expect(await outline()).toBe('solid')
    await inChat(page, '[part=conversations]').click()
    await inChat(page, '.pasts .present').waitFor()
    expect(await edges(inChat(page, '.pasts .present'))).toEqual(['1px solid'])
  })

  test('on paper: all that was said, and nothing that only a screen can do', async () => {
    const page = await open()
    await page.emulateMedia({ media: 'print' })
    const hidden = inChat(page, 'textarea, .questions, .action, .attach, .icon, .status')
    expect(await hidden.evaluateAll((all) => all.filter((one) => one.checkVisibility()).length)).toBe(0)
    const { bottom, height } = await page
      .locator('baton-chat')
      .first()
      .evaluate((chat) => ({
        bottom: Math.max(
          ...[...(chat.shadowRoot?.querySelectorAll('.message *') ?? [])].map(
            (one) => one.getBoundingClientRect().bottom,
          ),
        ),
        height: chat.getBoundingClientRect().bottom,
      }))
    expect(bottom).toBeLessThanOrEqual(height)
    for (const part of ['.sources a', '.foot .files a', '.body table', '.code pre', '.reasoning summary']) {
      expect(await page.locator(part).first().isVisible(), part).toBe(true)
    }
  })
})
