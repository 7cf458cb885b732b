import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { eventually } from '../support/conditions.ts'
import { violations } from './axe.ts'
import { scriptedSite } from './scripted-site.ts'
import { button, openChat, says, textBox } from './widget-fixture.ts'

const site = scriptedSite()

async function visit(attributes: string, body = '', options = {}): Promise<Page> {
  site.embed({ attributes: `data-launcher data-server="${site.gateway.url}" ${attributes}`, body, strict: false })
  site.gateway.on('message:send', (request) => site.gateway.take(request))
  return site.visits.visit(await site.visits.visitor({ reducedMotion: 'reduce', ...options }))
}

const launcher = (page: Page) => page.locator('baton-launcher')
const boxOf = async (page: Page, selector: string) => {
  const box = await page.locator(selector).boundingBox()
  return box ?? { x: Number.NaN, y: Number.NaN, width: Number.NaN, height: Number.NaN }
}

describe('[W1] where the launcher is', () => {
  test('at the lower left, with words, above what the site has at its foot; the panel opens there', async () => {
    const body = '<style>baton-launcher { --baton-inset-x: 40px; --baton-inset-y: 90px }</style>'
    const page = await visit('data-position="bottom-left" data-label="Need help?"', body)
    await button(page, 'Need help?').waitFor()
    const { height } = page.viewportSize() ?? { height: 0 }
    const own = await boxOf(page, '.launcher')
    expect([own.x, own.y + own.height]).toEqual([40, height - 90])
    expect(own.width).toBeGreaterThan(own.height * 1.5)
    expect(await violations(page)).toEqual([])
    await button(page, 'Need help?').click()
    await says(page, 'Connected')
    const panel = await boxOf(page, 'dialog')
    expect([panel.x, panel.y + panel.height]).toEqual([40, height - 90])
    expect(panel.y).toBeGreaterThan(0)
  })

  test('on a site that reads from right to left, and on a phone: the lower left as well', async () => {
    const viewport = { width: 390, height: 844 }
    site.embed({
      html: 'lang="ar" dir="rtl"',
      attributes: `data-launcher data-server="${site.gateway.url}" data-position="bottom-left"`,
    })
    const page = await site.visits.visit(await site.visits.visitor({ viewport, isMobile: true, hasTouch: true }))
    await page.locator('.launcher').waitFor()
    expect((await boxOf(page, '.launcher')).x).toBe(20)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  })

  test('with the icon of the site', async () => {
    const page = await visit('', '<baton-launcher><b slot="icon">⚑</b></baton-launcher>')
    await launcher(page).getByText('⚑').waitFor()
    await page.locator('.launcher svg').waitFor({ state: 'hidden' })
  })
})

/** How sites put the next page's content in place of this one's, without a reload. */
const SWAPS = {
  'another body': () => {
    const next = document.createElement('body')
    next.append(document.createElement('hr'))
    document.body.replaceWith(next)
  },
  'other content, at once': () => document.body.replaceChildren(document.createElement('hr')),
  'other content, one after the other': () => {
    const left = [...document.body.childNodes]
    document.body.prepend(document.createElement('hr'))
    for (const one of left) document.body.removeChild(one)
  },
}
const swapped = async (page: Page, swap: () => void) => {
  await page.evaluate(swap)
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
}

describe('[W1] on a site that goes to its next page by itself', () => {
  test.each(Object.entries(SWAPS))('%s: the launcher stays, the same one, and opens', async (_, swap) => {
    const page = await visit('')
    await launcher(page).evaluate((own) => Object.assign(own, { isFirst: true }))
    for (let pages = 0; pages < 2; pages++) {
      await button(page, 'Open chat').waitFor()
      await swapped(page, swap)
      expect(await launcher(page).evaluateAll((all) => all.map((own) => Reflect.get(own, 'isFirst')))).toEqual([true])
    }
    await openChat(page)
    await swapped(page, swap)
    await openChat(page)
    await textBox(page).waitFor()
  })

  test.each(Object.entries(SWAPS))('%s: what the site took away stays away', async (_, swap) => {
    const page = await visit('')
    await button(page, 'Open chat').waitFor()
    await launcher(page).evaluate((own) => own.remove())
    expect(await launcher(page).count()).toBe(0)
    await swapped(page, swap)
    expect(await launcher(page).count()).toBe(0)
  })

  test.each([
    [
      'with a banner of its own',
      () => {
        document.querySelector('aside')?.remove()
        document.querySelector('baton-launcher')?.remove()
      },
    ],
    ['with the box that it had put it into', () => document.querySelector('aside')?.remove()],
    ['after everything else', () => document.querySelector('baton-launcher')?.remove()],
  ])('what the site takes away %s stays away', async (how, take) => {
    const page = await visit('')
    await button(page, 'Open chat').waitFor()
    await swapped(page, () => document.body.append(document.createElement('aside')))
    if (how.includes('after'))
      await swapped(page, () => document.body.replaceChildren(...document.querySelectorAll('baton-launcher')))
    if (how.includes('box')) await launcher(page).evaluate((own) => document.querySelector('aside')?.append(own))
    await swapped(page, take)
    expect(await launcher(page).count()).toBe(0)
  })

  test('a panel that was open is told as closed', async () => {
    const page = await visit('')
    await page.evaluate(() => {
      const told: string[] = []
      Object.assign(window, { told })
      for (const name of ['baton-open', 'baton-close']) addEventListener(name, () => told.push(name))
    })
    await openChat(page)
    await swapped(page, SWAPS['another body'])
    await button(page, 'Open chat').waitFor()
    expect(await page.evaluate(() => Reflect.get(window, 'told'))).toEqual(['baton-open', 'baton-close'])
  })

  test('back at a copy of an earlier page, it takes the place of its own copy', async () => {
    const page = await visit('')
    await launcher(page).evaluate((own) => Object.assign(own, { isFirst: true }))
    await swapped(page, () => document.body.replaceWith(document.body.cloneNode(true)))
    expect(await launcher(page).evaluateAll((all) => all.map((own) => Reflect.get(own, 'isFirst')))).toEqual([true])
    await openChat(page)
  })

  test('a launcher that is moved while its panel is open can be opened where it is then', async () => {
    const page = await visit('')
    await openChat(page)
    await launcher(page).evaluate((own) => document.querySelector('main')?.append(own))
    await openChat(page)
    await textBox(page).waitFor()
  })
})

describe('what the site can do with it', () => {
  test('buttons of the site open it, wherever they are; its own is not shown, and the focus goes back to them', async () => {
    const page = await visit('data-opener=".help"', '<p><button class="help"><span>Ask us</span></button></p>')
    await button(page, 'Ask us').click()
    await says(page, 'Connected')
    await page.keyboard.press('Escape')
    await page.locator('dialog').waitFor({ state: 'hidden' })
    expect(await button(page, 'Ask us').evaluate((own) => own.matches(':focus'))).toBe(true)
    expect(await button(page, 'Open chat').count()).toBe(0)
  })

  test('prefill opens it with words that the visitor may send; metadata go along with them', async () => {
    const page = await visit(`data-metadata='{"page":"checkout"}'`)
    await launcher(page).evaluate((own) => (own as HTMLElementTagNameMap['baton-launcher']).prefill('About order 7'))
    await says(page, 'Connected')
    expect(await textBox(page).inputValue()).toBe('About order 7')
    expect(site.gateway.sent('message:send')).toEqual([])
    await page.keyboard.press('Enter')
    await site.gateway.until(() => site.gateway.sent('message:send').length === 1)
    expect(site.gateway.sent('message:send')[0]).toMatchObject({
      content: 'About order 7',
      metadata: { page: 'checkout' },
    })
  })

  test('an answer that is not seen is told by a sound, where the site asked for that', async () => {
    const page = await visit('')
    await page.evaluate(() => {
      const heard: number[] = []
      Reflect.set(window, 'heard', heard)
      const start = OscillatorNode.prototype.start
      OscillatorNode.prototype.start = function (when) {
        heard.push(this.frequency.value)
        start.call(this, when)
      }
    })
    await openChat(page)
    await page.keyboard.press('Escape')
    await page.locator('dialog').waitFor({ state: 'hidden' })
    for (const sound of [false, true]) {
      await launcher(page).evaluate(async (own, sound) => {
        const launcher = own as HTMLElementTagNameMap['baton-launcher']
        launcher.sound = sound
        await launcher.updateComplete
        const heard = new Promise((resolve) => addEventListener('baton-unread', resolve, { once: true }))
        await launcher.send('Hello?')
        await heard
      }, sound)
    }
    const heard = () => page.evaluate(() => Reflect.get(window, 'heard') as number[])
    await eventually('both notes are heard', async () => (await heard()).length === 2)
    expect(await heard()).toEqual([660, 880])
  })
})
