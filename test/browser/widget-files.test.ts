import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { refused } from '../support/scripted-gateway.ts'
import { violations } from './axe.ts'
import { scriptedSite } from './scripted-site.ts'
import { articles, body, button, says, textBox } from './widget-fixture.ts'

const site = scriptedSite()

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

/** A site that takes files once `letGo` is called, and refuses huge ones. */
async function open(options = {}): Promise<Page> {
  site.embed({ strict: false })
  site.gateway.on('message:send', (request) => site.gateway.take(request))
  const page = await site.visits.visit(await site.visits.visitor({ reducedMotion: 'reduce', ...options }))
  await page.locator('baton-launcher').evaluate((own) => {
    const launcher = own as HTMLElementTagNameMap['baton-launcher']
    const waiting: (() => void)[] = []
    Reflect.set(window, 'letGo', () => {
      for (const go of waiting.splice(0)) go()
    })
    launcher.onattach = async (file) => {
      if (file.name.includes('huge')) throw new Error('it is too large')
      await new Promise<void>((go) => waiting.push(go))
      return `https://files.example.org/${encodeURIComponent(file.name)}`
    }
  })
  await button(page, 'Open chat').click()
  await says(page, 'Connected')
  return page
}

const files = (page: Page) => page.getByRole('list', { name: 'Files' }).getByRole('listitem')
const letGo = (page: Page) => page.evaluate(() => Reflect.get(window, 'letGo')())
const sent = () => site.gateway.sent('message:send')

test('[W1] files that were chosen go along with the words, once the site has them', async () => {
  const page = await open()
  await page.getByLabel('Attach files').setInputFiles([
    { name: 'a photo [1].png', mimeType: 'image/png', buffer: PIXEL },
    { name: 'bill.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF') },
  ])
  await files(page).nth(1).getByText('bill.pdf').waitFor()
  expect(await files(page).locator('img').count()).toBe(1)
  await textBox(page).fill('Here they are')
  expect(await button(page, 'Send').isDisabled()).toBe(true)
  expect(await violations(page)).toEqual([])
  await letGo(page)
  await button(page, 'Send').click()
  await site.gateway.until(() => sent().length === 1)
  const [photo, bill] = ['https://files.example.org/a%20photo%20%5B1%5D.png', 'https://files.example.org/bill.pdf']
  expect(sent()[0]).toMatchObject({
    content: `Here they are\n\n[a photo  1 .png](${photo})\n[bill.pdf](${bill})`,
    metadata: {
      attachments: [
        { name: 'a photo  1 .png', type: 'image/png', url: photo },
        { name: 'bill.pdf', type: 'application/pdf', url: bill },
      ],
    },
  })
  await button(page, 'Regenerate').waitFor()
})

test('what was not sent when another conversation is begun comes back with its files', async () => {
  const page = await open()
  site.gateway.on('message:send', () => null)
  await page
    .getByLabel('Attach files')
    .setInputFiles([{ name: 'bill.pdf', mimeType: 'application/pdf', buffer: PIXEL }])
  await letGo(page)
  await textBox(page).fill('Here it is')
  await textBox(page).press('Enter')
  await site.gateway.until(() => sent().length === 1)
  site.gateway.on('message:send', (request) => site.gateway.take(request))
  await button(page, 'New conversation').click()
  expect(await textBox(page).inputValue()).toBe('Here it is')
  expect(await files(page).allTextContents()).toEqual([expect.stringContaining('bill.pdf')])
  await textBox(page).press('Enter')
  await button(page, 'Regenerate').waitFor()
  const [{ content, metadata } = {}, again] = sent()
  expect(again).toMatchObject({ content, metadata })
})

test('they are shown as cards under the words, also after a reload; one that may not be followed is none', async () => {
  const attachments = [
    { name: 'bill.pdf', type: 'application/pdf', url: 'https://files.example.org/bill.pdf' },
    { name: 'bad', type: '', url: 'javascript:alert(1)' },
    ...[null, 7, {}], // whatever another client wrote there
  ]
  const content = 'Here\n\n[bill.pdf](https://files.example.org/bill.pdf)\n[bad](javascript:alert(1))'
  site.gateway.messages = [site.gateway.message({ role: 'user', content, metadata: { attachments } })]
  const page = await open({ colorScheme: 'dark', viewport: { width: 390, height: 844 } })
  await files(page).nth(1).getByText('bad').waitFor()
  expect(await body(page, 0).textContent()).toBe('Here')
  const link = articles(page).first().getByRole('link')
  expect([await link.textContent(), await link.getAttribute('href')]).toEqual([
    'bill.pdf',
    'https://files.example.org/bill.pdf',
  ])
  expect(await link.evaluate((card) => getComputedStyle(card).textDecorationLine)).toBe('none')
  expect(await files(page).locator('svg').count()).toBe(2) // each a card, also one that leads nowhere
  expect(await violations(page)).toEqual([])
})

test('pasted and dropped ones, too; one that the site refuses says why, and one can be taken out', async () => {
  const page = await open()
  await textBox(page).evaluate((box) => {
    const transfer = (name: string) => {
      const data = new DataTransfer()
      data.items.add(new File(['x'], name, { type: 'text/plain' }))
      return data
    }
    box.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: transfer('pasted.txt'), bubbles: true, composed: true }),
    )
    for (const name of ['dropped.txt', 'huge.txt']) {
      box.dispatchEvent(
        new DragEvent('drop', { dataTransfer: transfer(name), bubbles: true, composed: true, cancelable: true }),
      )
    }
  })
  await says(page, 'That did not work: it is too large')
  expect(await files(page).locator('bdi').allTextContents()).toEqual(['pasted.txt', 'dropped.txt'])
  await button(page, 'Remove pasted.txt').click()
  await letGo(page)
  site.gateway.on('message:send', () => new Promise(() => {}))
  await textBox(page).press('Enter')
  await site.gateway.until(() => sent().length === 1)
  expect(sent()[0]?.content).toBe('[dropped.txt](https://files.example.org/dropped.txt)')
  await articles(page).getByText('Waiting to be sent').waitFor()
  expect(await articles(page).getByRole('link').textContent()).toBe('dropped.txt')
})

test('one whose address no message has room for is refused before it is sent, and the others go along', async () => {
  const page = await open()
  await page.locator('baton-launcher').evaluate((own) => {
    const signature = 'x'.repeat(4096)
    Object.assign(own, { onattach: async ({ name }: File) => `https://files.example.org/${name}?${signature}` })
  })
  await textBox(page).evaluate((box) => {
    for (const name of ['one.txt', 'two.txt']) {
      const dataTransfer = new DataTransfer()
      dataTransfer.items.add(new File(['x'], name, { type: 'text/plain' }))
      box.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, composed: true, cancelable: true }))
    }
  })
  await page.getByText('That did not work').first().waitFor()
  expect(await files(page).locator('bdi').allTextContents()).toEqual(['one.txt'])
  site.gateway.on('message:send', () => new Promise(() => {}))
  await textBox(page).press('Enter')
  await site.gateway.until(() => sent().length === 1)
})

test('[W1] Enter before a file is there says what is waited for, and sends nothing', async () => {
  const page = await open()
  await page
    .getByLabel('Attach files')
    .setInputFiles([{ name: 'bill.pdf', mimeType: 'application/pdf', buffer: PIXEL }])
  await textBox(page).fill('Here it is')
  expect(await files(page).first().getAttribute('aria-busy')).toBe('true')
  await textBox(page).press('Enter')
  await says(page, 'Some files are still on their way.')
  expect(await textBox(page).inputValue()).toBe('Here it is')
  await letGo(page)
  await page.locator('.files [aria-busy=false]').waitFor()
  await textBox(page).press('Enter')
  await site.gateway.until(() => sent().length === 1)
  await button(page, 'Regenerate').waitFor()
})

const drop = (page: Page, count: number) =>
  textBox(page).evaluate((box, count) => {
    const dataTransfer = new DataTransfer()
    for (let number = 1; number <= count; number++) dataTransfer.items.add(new File(['x'], `${number}.txt`))
    box.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, composed: true, cancelable: true }))
  }, count)

test('[W1] more files than a message takes are refused with a word, also where some come back', async () => {
  const page = await open()
  const tooMany = 'That did not work: no more than 10 files go along with a message'
  await drop(page, 12)
  await says(page, tooMany)
  expect(await files(page).count()).toBe(10)
  await letGo(page)
  site.gateway.on('message:send', () => new Promise(() => {}))
  await button(page, 'Send').click()
  await site.gateway.until(() => sent().length === 1)
  await page.getByText(tooMany).first().waitFor({ state: 'hidden' })
  await drop(page, 1)
  await button(page, 'New conversation').click()
  await says(page, tooMany)
  expect(await files(page).count()).toBe(10)
})

test("[W1] why a file or a message is refused is said in the visitor's language", async () => {
  site.embed({ strict: false, html: 'lang="de"' })
  const page = await site.visits.visit(await site.visits.visitor({ reducedMotion: 'reduce' }))
  await button(page, 'Chat öffnen').click()
  const box = page.getByRole('textbox', { name: 'Nachricht', exact: true })
  await box.waitFor()
  await page.locator('baton-launcher').evaluate((own) => {
    Object.assign(own, { onattach: async ({ name }: File) => `https://files.example.org/${name}?${'x'.repeat(8000)}` })
  })
  await page.getByLabel('Dateien anhängen').setInputFiles([{ name: 'a.txt', mimeType: 'text/plain', buffer: PIXEL }])
  await says(page, 'Das hat nicht geklappt: neben den anderen ist kein Platz mehr dafür')
  const HOUR_MS = 3_600_000
  const reasons = [
    { error: refused('invalid'), says: 'das wurde nicht angenommen' },
    { error: refused('quota_exceeded', true, HOUR_MS), says: 'das Limit ist erreicht' },
    { error: refused('internal', true, HOUR_MS), says: 'der Dienst ist ausgelastet' },
  ]
  for (const { says, error } of reasons) {
    site.gateway.on('message:send', () => error)
    await box.fill('Hier')
    await box.press('Enter')
    await page.locator('.note').getByText(`Nicht gesendet: ${says}`).waitFor()
    await page.getByText('Verwerfen').click()
  }
})

test('[W1] cells of a spreadsheet are pasted as words; a picture alone, or a file with its name, is attached', async () => {
  const page = await open()
  const takesWords = await textBox(page).evaluate((box) => {
    const paste = (name: string, words: Readonly<Record<string, string>>) => {
      const clipboardData = new DataTransfer()
      clipboardData.items.add(new File(['x'], name, { type: 'image/png' }))
      for (const [type, text] of Object.entries(words)) clipboardData.setData(type, text)
      const options = { clipboardData, bubbles: true, composed: true, cancelable: true }
      return box.dispatchEvent(new ClipboardEvent('paste', options))
    }
    paste('cells.png', { 'text/plain': '1\t2', 'text/html': '<table><tr><td>1<td>2</table>' })
    paste('screenshot.png', {})
    paste('of a page.png', { 'text/html': '<img src="a.png">' })
    paste('copied.png', { 'text/plain': 'copied.png' })
    const address = 'https://site.example/a.png'
    return [
      paste('cell.png', { 'text/plain': address, 'text/html': `<table><tr><td>${address}</table>` }),
      paste('of Firefox.png', { 'text/plain': address, 'text/html': `<img src="${address}" alt="A cat">` }),
    ]
  })
  await files(page).nth(3).waitFor()
  const names = ['screenshot.png', 'of a page.png', 'copied.png', 'of Firefox.png']
  expect(await files(page).locator('bdi').allTextContents()).toEqual(names)
  expect(takesWords).toEqual([true, false])
})

test('a site that takes no files has no button for them; it can put one of its own beside the text box', async () => {
  site.embed({ strict: false, body: '<baton-launcher><button slot="tools">Speak</button></baton-launcher>' })
  const page = await site.visits.open(await site.visits.visitor())
  await button(page, 'Speak').waitFor()
  const [own, box] = [await button(page, 'Speak').boundingBox(), await page.locator('.composer').boundingBox()]
  expect(own?.y).toBeGreaterThan(box?.y ?? 0)
  expect(await page.getByLabel('Attach files').count()).toBe(0)
})
