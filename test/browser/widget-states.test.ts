import { join } from 'node:path'
import { expect, test } from 'vitest'
import { violations } from './axe.ts'
import { scriptedSite } from './scripted-site.ts'

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')

const site = scriptedSite()

const forms = [
  { width: 1280, height: 800, colorScheme: 'light', lang: 'en' },
  { width: 1280, height: 800, colorScheme: 'dark', lang: 'en' },
  { width: 390, height: 844, colorScheme: 'light', lang: 'en' },
  { width: 390, height: 844, colorScheme: 'dark', lang: 'ar' },
  { width: 844, height: 390, colorScheme: 'light', lang: 'en' },
] as const

/** Every state that a visitor can bring the widget into. Pictures of them are kept in `artifacts`. */
test.each(forms)(
  '[W1] each state keeps WCAG 2.2 AA and fits its screen: $width x $height, $colorScheme, $lang',
  async (form) => {
    const { gateway } = site
    const { width, height, colorScheme, lang } = form
    const isPhone = Math.min(width, height) < 500
    const dir = lang === 'ar' ? 'rtl' : 'ltr'
    const words = WORDS[lang]
    const attributes = `data-launcher data-server="${gateway.url}" data-assistant="Ada" data-feedback data-starters="${words.starters}"`
    site.embed({ attributes, html: `lang="${lang}" dir="${dir}"`, strict: false, body: BODY })
    const screen = {
      viewport: { width, height },
      colorScheme,
      isMobile: isPhone,
      hasTouch: isPhone,
      reducedMotion: 'reduce',
    } as const
    const visitor = await site.visits.visitor(screen)
    await visitor.addInitScript(
      ([key, list]) => {
        if (location.protocol === 'http:') localStorage.setItem(key, list)
      },
      [`baton:${gateway.url}:conversations`, past(words.asked)] as const,
    )
    const page = await site.visits.visit(visitor)
    const look = async (state: string) => {
      await page.screenshot({ path: join(ARTIFACTS, `widget-${width}-${colorScheme}-${lang}-${state}.png`) })
      expect(await violations(page), state).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth), state).toBe(width)
    }

    await page.locator('button.launcher').waitFor()
    await look('1-closed')
    await page.locator('baton-launcher').evaluate((own) => {
      Object.assign(own, { onattach: async (file: File) => `https://files.example.org/${file.name}` })
    })
    await page.locator('button.launcher').click()
    await page.locator('[data-state=online]').waitFor()
    expect(await page.locator('.root').getAttribute('dir')).toBe(dir)
    if (isPhone) expect(await page.locator('dialog').boundingBox()).toEqual({ x: 0, y: 0, width, height })
    await look('2-start')

    const question = { role: 'user' as const, content: words.question, metadata: { attachments: [] } }
    const streaming = gateway.message({ seq: 2, status: 'streaming', content: words.answer.slice(0, 330) })
    const show = (message: typeof streaming) => {
      gateway.messages = [gateway.messages[0] ?? gateway.message(question), message]
      for (const one of gateway.messages) gateway.tell('message', { sessionId: gateway.sessionId, message: one })
    }
    show(streaming)
    gateway.tell('activity', { sessionId: gateway.sessionId, messageId: streaming.id, kind: 'searching' })
    await page.locator('.activity').waitFor()
    await look('3-streaming')

    show({ ...streaming, content: words.answer, status: 'complete', metadata: words.metadata })
    await page.locator('.hljs-keyword').first().waitFor()
    await page.locator('.thumb-up').click()
    await page.locator('.reasoning summary').click()
    await look('4-answer')
    if (isPhone) {
      const { height: shown = 0 } = (await page.locator('.scroller').boundingBox()) ?? {}
      expect(shown).toBeGreaterThan(height * 0.7)
      const targets = await page.locator('.action').evaluateAll((all) => all.map((one) => one.getBoundingClientRect()))
      expect(Math.min(...targets.flatMap(({ width, height }) => [width, height]))).toBeGreaterThanOrEqual(36)
    }
    await page.locator('.scroller').evaluate((box) => box.scrollTo(0, 0))
    await page.locator('.attach input').setInputFiles([
      { name: 'photo.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(PICTURE) },
      { name: words.file, mimeType: 'application/pdf', buffer: Buffer.from('%PDF') },
    ])
    await page.locator('.talk .files li:not(.coming)').nth(1).waitFor()
    await page.getByRole('textbox').fill(words.question)
    await look('5-above-with-files')

    gateway.on('message:send', () => ({ error: { code: 'too_large', message: 'too large', retryable: false } }))
    await page.locator('[part=send]').click()
    await page.locator('.failed').waitFor()
    await look('6-not-sent')

    await page.locator('[part=conversations]').click()
    await page.locator('.pasts li').nth(3).locator('.action').last().click()
    await page.locator('.undo button').waitFor()
    await look('7-conversations')
    await page.keyboard.press('Escape')

    gateway.admit = () => ({ code: 'unauthorized', message: 'token: has expired', retryable: false })
    gateway.cut()
    await page.locator('[data-state=offline]').waitFor()
    await look('8-refused')
  },
)

/** Conversations that the visitor had before. */
function past(titles: readonly string[]): string {
  const until = Date.now() + 86_400_000
  const at = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString()
  return JSON.stringify(
    titles.map((title, i) => ({ id: crypto.randomUUID(), title, at: at(i * 7 + 1), until, unread: i === 1 })),
  )
}

const PICTURE =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8" fill="teal"/><circle cx="4" cy="4" r="2" fill="gold"/></svg>'

const BODY = '<p>Lorem ipsum dolor sit amet, consetetur sadipscing elitr, sed diam nonumy eirmod tempor.</p>'.repeat(6)

const SHOWCASE = `## A heading

Some **bold** and *italic* text with \`code\`, a [link](https://example.org) and a footnote&nbsp;&mdash; or not.

1. one
2. two
   - nested

> A quotation, 引用, 🏃‍♀️

\`\`\`ts
const client = new BatonClient({ url: 'https://chat.example.org', storage: 'session' })
await client.send('hello') // exactly once
\`\`\`

| what | how long | why |
| --- | --- | --- |
| a table | as wide as it wants to be | because it scrolls by itself |

Baton بوابة محادثة تقف بين الناس ونموذج لغوي، ولا تضيع أي كلمة.`

const SHOWCASE_AR = `## كيف تعمل Baton

Baton بوابة محادثة تقف بين الناس ونموذج لغوي، **ولا تضيع أي كلمة** حتى إذا توقف الخادم في منتصف الجملة.

1. يكتب أحد الخوادم الإجابة.
2. إذا توقف، يتابعها خادم آخر من \`Redis\`.

> ما ظهر على الشاشة يبقى.

\`\`\`ts
const client = new BatonClient({ url: 'https://chat.example.org' })
\`\`\`

And one sentence in English.`

const sources = (...titles: readonly string[]) =>
  titles.map((title, i) => ({ title, url: `https://www.example.org/${i}` }))

const WORDS = {
  en: {
    starters: 'Where is my order?|What does delivery cost?|I want to send something back',
    asked: [
      'Where is my order?',
      'What does delivery cost?',
      'A long question that will not fit into one line of a list',
      'Returns',
    ],
    question: 'Show me what you can do, please.',
    file: 'a bill with a rather long name for one line of it.pdf',
    answer: SHOWCASE,
    metadata: {
      reasoning: 'The visitor wants to see what I can do. I show a little of everything.',
      sources: sources('Delivery: times and prices', 'Terms', 'How returns work, step by step, for each country'),
      suggestions: ['And then?', 'What does that cost?'],
    },
  },
  ar: {
    starters: 'أين طلبي؟|كم تكلفة التوصيل؟',
    asked: ['أين طلبي؟', 'كم تكلفة التوصيل؟', 'سؤال طويل لن يتسع له سطر واحد في القائمة', 'إرجاع'],
    question: 'أرني ما يمكنك فعله من فضلك',
    file: 'فاتورة.pdf',
    answer: SHOWCASE_AR,
    metadata: { reasoning: 'لنرى.', sources: sources('التوصيل', 'الشروط'), suggestions: ['ثم ماذا؟'] },
  },
}
