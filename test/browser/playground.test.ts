import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { violations } from './axe.ts'
import { replicaSite } from './replica-site.ts'
import { articles, ask, button, says } from './widget-fixture.ts'

const site = replicaSite()

async function open(options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await site.visits.visitor({ reducedMotion: 'reduce', ...options })).newPage()
  await page.goto(`${site.cluster.urlOf(0)}/playground`)
  await page.getByLabel('assistant').waitFor()
  return page
}

const code = async (page: Page) => (await page.locator('#code').textContent()) ?? ''

describe('[W1] the playground', () => {
  test('shows at once what is filled in, and the code that does the same on a site', async () => {
    const page = await open()
    const tag = `<script type="module" src="${site.cluster.urlOf(0)}/widget.js" data-launcher`
    expect(await code(page)).toBe(`${tag}></script>`)
    await page.getByLabel('assistant').fill('Ada & "Bob"')
    await page.getByLabel('position').selectOption('bottom-left')
    await page.getByLabel('--baton-accent').fill('rgb(200, 0, 100)')
    await button(page, 'Open chat').click()
    await says(page, 'Connected')
    await page.getByRole('heading', { name: 'Ada & "Bob"' }).waitFor()
    const avatar = page.locator('.avatar')
    expect(await avatar.evaluate((shown) => getComputedStyle(shown).backgroundColor)).toBe('rgb(200, 0, 100)')
    expect((await page.locator('dialog').boundingBox())?.x).toBe(20)
    await page.getByText('baton-open {}').waitFor()
    await page.getByRole('row', { name: 'send Send' }).getByRole('cell', { name: 'Senden' }).waitFor()
    const style = '<style>\nbaton-launcher {\n  --baton-accent: rgb(200, 0, 100);\n}\n</style>'
    const said = 'data-assistant="Ada &amp; &quot;Bob&quot;" data-position="bottom-left"'
    expect(await code(page)).toBe(`${tag} ${said}></script>\n${style}`)
    await page.keyboard.press('Escape')
    await button(page, 'Start again').click()
    await page.waitForFunction(() => document.querySelector('#code')?.textContent?.includes('Ada') === false)
    expect(await page.locator('baton-launcher').getAttribute('assistant')).toBeNull()
  })

  test('offers every custom property that the widget’s page names', async () => {
    const page = await open()
    const docs = await readFile(join(import.meta.dirname, '../../docs/widget.md'), 'utf8')
    const named = new Set([...docs.matchAll(/`(--baton-[a-z-]+)`/g)].map(([, name = '']) => name))
    const offered = await page.locator('#tokens label').allTextContents()
    expect(offered.toSorted()).toEqual([...named].toSorted())
  })

  test('shows what goes wrong, and tells each event that the site would hear', async () => {
    site.cluster.model.say('An answer.')
    const page = await open()
    await page.getByLabel('feedback').check()
    await button(page, 'Open chat').click()
    await says(page, 'Connected')
    await ask(page, 'Why?')
    await button(page, 'Good answer').click()
    await page.getByText(/^baton-feedback/).waitFor()
    await page.keyboard.press('Escape')
    await button(page, 'A message too long').click()
    await articles(page).getByText('Not sent: it is too long').waitFor()
    await page.keyboard.press('Escape')
    await button(page, 'No connection, and back').click()
    await says(page, 'The chat cannot be reached.')
    await page.keyboard.press('Escape')
    await button(page, 'No connection, and back').click()
    await says(page, 'Connected')
    site.visits.complaints.length = 0 // the browser's own, of what is not there
  })

  test.each([
    { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' as const },
    { viewport: { width: 390, height: 844 }, colorScheme: 'light' as const, isMobile: true, hasTouch: true },
  ])('keeps WCAG 2.2 AA, and fits its screen: $viewport.width', async (options) => {
    const page = await open(options)
    expect(await violations(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(options.viewport.width)
  })
})
