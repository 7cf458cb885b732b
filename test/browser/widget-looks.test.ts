import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventually } from '../support/conditions.ts'
import { violations } from './axe.ts'
import { replicaSite } from './replica-site.ts'
import { answered, articles, ask, body, openChat } from './widget-fixture.ts'

const ARTIFACTS = join(import.meta.dirname, '../../artifacts')

const site = replicaSite()

describe('[W1] every size and scheme, without a violation of WCAG 2.2 AA', () => {
  const table = (['light', 'dark'] as const).flatMap((colorScheme) => [
    { colorScheme, width: 1280, height: 800, lang: 'en', question: 'Show me what you can do, please.' },
    { colorScheme, width: 390, height: 844, lang: 'en', question: 'Show me what you can do, please.' },
    { colorScheme, width: 390, height: 844, lang: 'ar', question: 'أرني ما يمكنك فعله من فضلك' },
  ])
  test.each(table)('$width x $height, $colorScheme, $lang', async ({ colorScheme, width, height, lang, question }) => {
    const isMobile = width < 500
    const dir = lang === 'ar' ? 'rtl' : 'ltr'
    site.visits.embed({
      gateway: site.cluster.urlOf(0),
      html: `lang="${lang}" dir="${dir}"`,
      strict: false,
      body: BODY,
    })
    const visitor = await site.visits.visitor({
      viewport: { width, height },
      colorScheme,
      isMobile,
      hasTouch: isMobile,
      reducedMotion: 'reduce',
    })
    const page = await site.visits.visit(visitor)
    const shoot = async (story: string) => {
      await page.screenshot({ path: join(ARTIFACTS, `widget-${story}-${width}-${colorScheme}-${lang}.png`) })
      expect(await violations(page)).toEqual([])
    }
    await page.locator('button.launcher').waitFor()
    await shoot('closed')
    await page.locator('button.launcher').click()
    await page.locator('[data-state=online]').waitFor()
    await shoot('empty')
    site.cluster.model.say(lang === 'ar' ? SHOWCASE_AR : SHOWCASE)
    await page.getByRole('textbox').fill(question)
    await page.keyboard.press('Enter')
    await page.locator('article.complete.assistant time').waitFor()
    await page.locator('.hljs-keyword').first().waitFor()
    await shoot('answer')
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width)
    expect(await page.locator('.root').getAttribute('dir')).toBe(dir)
    if (isMobile) expect(await page.locator('dialog').boundingBox()).toEqual({ x: 0, y: 0, width, height })
  })
})

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

describe('[W1] what the attributes of the script say', () => {
  test('theme, language, greeting and heading', async () => {
    const attributes = 'data-launcher data-theme="dark" data-lang="de" data-greeting="Moin!" data-heading="Hilfe"'
    site.visits.embed({ gateway: site.cluster.urlOf(0), attributes })
    const page = await site.visits.visit(await site.visits.visitor({ colorScheme: 'light' }))
    await page.getByRole('button', { name: 'Chat öffnen' }).click()
    await page.getByRole('status').filter({ hasText: 'Verbunden' }).waitFor()
    await page.getByRole('dialog', { name: 'Hilfe' }).getByText('Moin!').waitFor()
    const chat = page.locator('baton-chat .root')
    expect(await chat.evaluate((element) => getComputedStyle(element).backgroundColor)).toBe('rgb(23, 25, 28)')
  })

  test('the language is the page’s, then the browser’s; another can be added, and everything speaks it at once', async () => {
    site.visits.embed({ gateway: site.cluster.urlOf(0), html: '' })
    const page = await site.visits.visit(await site.visits.visitor({ locale: 'fr-CA' }))
    await page.getByRole('button', { name: 'Ouvrir la discussion' }).waitFor()
    await page.evaluate(`import('${site.cluster.urlOf(0)}/widget.js').then(({ registerLocale }) => {
      document.documentElement.lang = 'eo'
      registerLocale('eo', { openChat: 'Malfermi babilon', greeting: 'Kiel mi helpu?' })
    })`)
    await page.getByRole('button', { name: 'Malfermi babilon' }).click()
    await page.getByText('Kiel mi helpu?').waitFor()
  })

  test('storage "none" keeps nothing; a user id finds the user’s conversation from another browser', async () => {
    site.cluster.model.say('noted')
    site.visits.embed({
      gateway: site.cluster.urlOf(0),
      attributes: 'data-launcher data-storage="none" data-user-id="ada"',
    })
    const [one, two] = [await site.visits.visitor(), await site.visits.visitor()]
    const page = await site.visits.open(one)
    await ask(page, 'remember the milk')
    await answered(page)
    expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0)
    const elsewhere = await site.visits.visit(two)
    await openChat(elsewhere)
    await answered(elsewhere)
    expect(await body(elsewhere, 0).textContent()).toBe('remember the milk')
    await elsewhere.getByRole('button', { name: 'New conversation' }).click()
    await eventually('it is empty', async () => (await articles(elsewhere).count()) === 0)
  })

  test('[G1] says that answers are not safely stored while they are not', async () => {
    site.visits.embed({ gateway: site.cluster.urlOf(0) })
    const page = await site.visits.open(await site.visits.visitor())
    await page.getByText('Answers are not safely stored right now, and may pause.').waitFor()
  })
})
