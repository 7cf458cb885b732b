import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, test } from 'vitest'
import { eventually, Latch } from '../support/conditions.ts'
import { violations } from './axe.ts'
import { replicaSite } from './replica-site.ts'
import { answered, articles, ask, body, button, openChat, reads, says, textBox } from './widget-fixture.ts'

const site = replicaSite()
beforeEach(() => site.cluster.model.say('An answer.'))

async function open(attributes = '', options = {}): Promise<Page> {
  site.visits.embed({ gateway: site.cluster.urlOf(0), attributes: `data-launcher ${attributes}`, strict: false })
  return site.visits.open(await site.visits.visitor({ reducedMotion: 'reduce', ...options }))
}

/** Begins a conversation with each of these questions; the last one stays open. */
async function hold(page: Page, ...questions: readonly string[]): Promise<void> {
  for (const [place, question] of questions.entries()) {
    if (place > 0) await button(page, 'New conversation').click()
    await eventually('it is empty', async () => (await articles(page).count()) === 0)
    await ask(page, question)
    await answered(page)
  }
}

const list = (page: Page) => page.getByRole('region', { name: 'Conversations' })
const entries = (page: Page) => list(page).getByRole('listitem')
const titles = (page: Page) => entries(page).locator('bdi').allTextContents()
const keyOf = (name: string) => `baton:${site.cluster.urlOf(0)}:${name}`
const sessionOf = (page: Page) => page.evaluate((key) => localStorage.getItem(key), keyOf('session'))
const exists = async (id: string | null) =>
  (await fetch(`${site.cluster.urlOf(0)}/api/chat/sessions/${id}`)).status === 200

describe('[W3] conversations', () => {
  test('are listed, the latest first; one that was left is gone on with, after a reload as well', async () => {
    const page = await open()
    expect(await button(page, 'Conversations').count()).toBe(0)
    await hold(page, 'About apples', 'About pears')
    await page.reload()
    await openChat(page)
    await button(page, 'Conversations').click()
    await eventually('both are there', async () => (await titles(page)).join() === 'About pears,About apples')
    expect(
      await list(page)
        .getByRole('searchbox', { name: 'Search' })
        .evaluate((box) => box.matches(':focus')),
    ).toBe(true)
    expect(await violations(page)).toEqual([])
    await list(page).getByRole('button', { name: 'About apples' }).click()
    await reads(page, 0, 'About apples')
    await reads(page, 1, 'An answer.')
    await ask(page, 'And more')
    await eventually('it goes on', async () => (await articles(page).count()) === 4)
    await answered(page)
    await button(page, 'Conversations').click()
    await eventually('it is the latest', async () => (await titles(page)).join() === 'About apples,About pears')
  })

  test('what waits to be sent when another conversation is begun is in the text box again, before what is typed there', async () => {
    const latch = new Latch()
    site.cluster.model.script(async function* () {
      yield 'It goes on and on.'
      await latch.opened
    })
    const page = await open()
    await ask(page, 'First')
    await reads(page, 1, 'It goes on and on.')
    await ask(page, 'Second, while it goes on')
    await eventually('it waits', async () => (await articles(page).count()) === 3)
    await textBox(page).fill('A third')
    await button(page, 'New conversation').click()
    expect(await textBox(page).inputValue()).toBe('Second, while it goes on\n\nA third')
    latch.open()
  })

  test('are searched, and named otherwise; Escape leads back to the conversation', async () => {
    const page = await open('', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' })
    await hold(page, 'About apples', 'About pears')
    await button(page, 'Conversations').click()
    await list(page).getByRole('searchbox', { name: 'Search' }).fill('APPLE')
    await eventually('one is found', async () => (await titles(page)).join() === 'About apples')
    await entries(page).getByRole('button', { name: 'Rename' }).click()
    await list(page).getByRole('textbox', { name: 'Rename' }).waitFor()
    await page.keyboard.type('Fruit') // in place of the old name
    await page.keyboard.press('Enter')
    await list(page).getByText('Nothing found.').waitFor()
    expect(await violations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await list(page).waitFor({ state: 'hidden' })
    await reads(page, 0, 'About pears')
    await button(page, 'Conversations').click()
    await eventually('it has its name', async () => (await titles(page)).join() === 'About pears,Fruit')
  })

  test('where the list cannot be had, that is said, and it can be tried again', async () => {
    const page = await open()
    await hold(page, 'About apples')
    await page.route(/conversation-list/, (route) => route.fulfill({ status: 404 }))
    await button(page, 'Conversations').click()
    await says(page, 'That did not work: the service is busy; try again in a moment')
    site.visits.complaints.length = 0 // the browser's own, of the file
    await page.unroute(/conversation-list/)
    await button(page, 'Conversations').click()
    await eventually('it is there', async () => (await titles(page)).join() === 'About apples')
  })

  test('are deleted, at the gateway too, unless that is taken back', async () => {
    const page = await open()
    await hold(page, 'About apples')
    const apples = await sessionOf(page)
    await button(page, 'Conversations').click()
    await entries(page).first().getByRole('button', { name: 'Delete' }).click()
    await eventually('it is not listed', async () => (await titles(page)).length === 0)
    await button(page, 'Undo').click()
    await eventually('it is back', async () => (await titles(page)).join() === 'About apples')
    expect(await exists(apples)).toBe(true)
    await entries(page).first().getByRole('button', { name: 'Delete' }).click()
    await button(page, 'Conversations').click()
    await eventually('it is gone', async () => !(await exists(apples)))
    await eventually('nothing of it is shown', async () => (await articles(page).count()) === 0)
    expect(await sessionOf(page)).not.toBe(apples)
  })

  test('where a deletion is refused, that is said, and the conversation is listed again; it can be deleted then', async () => {
    const page = await open(`data-server="${site.cluster.urlOf(0)}/"`)
    await hold(page, 'About apples')
    const apples = await sessionOf(page)
    const leave = async () => {
      await button(page, 'Conversations').click()
      await list(page).waitFor({ state: 'hidden' }) // a click before that does not open it again
    }
    const remove = async () => {
      await button(page, 'Conversations').click()
      await entries(page).first().getByRole('button', { name: 'Delete' }).click()
      await button(page, 'Undo').waitFor()
      await leave()
    }
    await page.route(/\/sessions\//, (route) => route.fulfill({ status: 503 }))
    await remove()
    await says(page, 'That did not work: the service is busy; try again in a moment')
    site.visits.complaints.length = 0 // the browser's own, of the request
    await page.unroute(/\/sessions\//)
    await button(page, 'Conversations').click()
    await eventually('it is back', async () => (await titles(page)).join() === 'About apples')
    await leave()
    await remove()
    await eventually('it is gone', async () => !(await exists(apples)))
  })

  test.each([
    ['deletes', 204, []],
    ['does not where it finds nothing, for it may be of another visitor', 404, ['About apples']],
  ])('[X3] a token that is renewed while a deletion can be taken back %s', async (_what, status, listed) => {
    const page = await open('data-user-id="anna" data-token="first"')
    await hold(page, 'About apples')
    const tokens: unknown[] = []
    await page.route(/\/sessions\//, (route) => {
      const { authorization } = route.request().headers()
      tokens.push(authorization)
      return route.fulfill({ status: authorization === 'Bearer first' ? 401 : status })
    })
    await button(page, 'Conversations').click()
    await entries(page).first().getByRole('button', { name: 'Delete' }).click()
    await button(page, 'Undo').waitFor()
    await page.locator('baton-launcher').evaluate((launcher) => launcher.setAttribute('token', 'second'))
    const isAnswered = page.waitForResponse((response) => response.status() === status)
    await button(page, 'Conversations').click()
    await isAnswered
    expect(tokens).toEqual(['Bearer first', 'Bearer second'])
    const kept = () => page.evaluate((key) => localStorage.getItem(key) ?? '[]', keyOf('anna:conversations'))
    await eventually('it is listed, or not', async () => {
      const titles = JSON.parse(await kept()).map(({ title }: { title: string }) => title)
      return titles.join() === listed.join()
    })
    site.visits.complaints.length = 0 // the browser's own, of the requests
  })

  test('[X3] what a visitor deleted is theirs alone when another one comes: nobody else can take it back, or has it listed', async () => {
    const page = await open('data-user-id="anna" data-token="of anna"')
    await hold(page, 'About apples')
    await page.route(/\/sessions\//, (route) => route.fulfill({ status: 401 }))
    await button(page, 'Conversations').click()
    await entries(page).first().getByRole('button', { name: 'Delete' }).click()
    await button(page, 'Undo').waitFor()
    const deletion = page.waitForRequest((request) => request.method() === 'DELETE')
    await page.locator('baton-launcher').evaluate((launcher) => {
      launcher.setAttribute('user-id', 'bob')
      launcher.setAttribute('token', 'of bob')
    })
    expect((await deletion).headers()).toMatchObject({ authorization: 'Bearer of anna' })
    const listOf = (user: string) => page.evaluate((key) => localStorage.getItem(key), keyOf(`${user}:conversations`))
    await eventually('it was not deleted', async () => (await listOf('anna'))?.includes('About apples') === true)
    expect(await listOf('bob')).toBe(null)
    expect(await titles(page)).toEqual([])
    expect(await button(page, 'Undo').count()).toBe(0)
    site.visits.complaints.length = 0 // the browser's own, of the request
  })

  test('one that is newer than the visitor believes is of just now', async () => {
    const context = await site.visits.visitor({ reducedMotion: 'reduce' })
    await context.addInitScript(() => {
      const now = Date.now.bind(Date)
      Date.now = () => now() - 120_000
    })
    site.visits.embed({ gateway: site.cluster.urlOf(0), attributes: 'data-launcher', strict: false })
    const page = await site.visits.open(context)
    await hold(page, 'About apples')
    await button(page, 'Conversations').click()
    await entries(page).getByText('this minute').waitFor()
  })

  test('one of very many is deleted: Undo is in sight, what was searched for stays, and naming one moves none', async () => {
    const page = await open('', { viewport: { width: 844, height: 390 } })
    await page.evaluate((key) => {
      const until = Date.now() + 86_400_000
      const at = new Date().toISOString()
      const many = Array.from({ length: 30 }, (_, i) => ({
        id: crypto.randomUUID(),
        title: `About ${i}`,
        at,
        until,
        unread: false,
      }))
      localStorage.setItem(key, JSON.stringify(many))
    }, keyOf('conversations'))
    await page.reload()
    await openChat(page)
    await button(page, 'Conversations').click()
    await list(page).getByRole('searchbox').fill('about')
    await eventually('all are found', async () => (await entries(page).count()) === 30)
    const below = () => entries(page).nth(1).boundingBox()
    const before = await below()
    await entries(page).first().getByRole('button', { name: 'Rename' }).click()
    await list(page).getByRole('textbox', { name: 'Rename' }).waitFor()
    expect(await below()).toEqual(before)
    await page.keyboard.press('Escape')
    await entries(page).first().getByRole('button', { name: 'Delete' }).click()
    await button(page, 'Undo').waitFor()
    const undo = await button(page, 'Undo').boundingBox()
    expect((undo?.y ?? Number.NaN) + (undo?.height ?? 0)).toBeLessThan(390)
    expect(await list(page).getByRole('searchbox').inputValue()).toBe('about')
    await button(page, 'Undo').click() // nothing is in its way
    await eventually('it is back', async () => (await entries(page).count()) === 30)
  })

  test('one that was left while its answer came is marked as new until it is seen', async () => {
    const latch = site.cluster.model.saysInTwo('wait', ' for it')
    const page = await open()
    await ask(page, 'About apples')
    await reads(page, 1, 'wait')
    await button(page, 'New conversation').click()
    latch.open()
    await button(page, 'Conversations').click()
    await entries(page).getByText('New', { exact: true }).waitFor()
    await list(page).getByRole('button', { name: 'About apples' }).click()
    await reads(page, 1, 'wait for it')
    await answered(page)
    await button(page, 'Conversations').click()
    await entries(page).getByText('New', { exact: true }).waitFor({ state: 'detached' })
  })

  test('are saved as markdown, and given as text', async () => {
    const page = await open('data-assistant="Ada"')
    await hold(page, 'About apples')
    await button(page, 'Conversations').click()
    const saved = page.waitForEvent('download')
    await button(page, 'Save this conversation').click()
    const file = await readFile(await (await saved).path(), 'utf8')
    expect(file).toMatch(/^\*\*You, [^*]+\*\*\n\nAbout apples\n\n---\n\n\*\*Ada, [^*]+\*\*\n\nAn answer\.\n$/)
    const text = await page
      .locator('baton-chat')
      .evaluate((chat) => (chat as HTMLElementTagNameMap['baton-chat']).transcript('text'))
    expect(text).toMatch(/^You, .+\n\nAbout apples\n\n\nAda, .+\n\nAn answer\.\n$/)
  })
})

test('the list is not read again for each piece of an answer', async () => {
  const page = await open()
  await page.evaluate((list) => {
    const read = Storage.prototype.getItem
    let readings = 0
    Storage.prototype.getItem = function (key) {
      if (key === list) readings++
      return read.call(this, key)
    }
    Object.defineProperty(window, 'readings', { get: () => readings })
  }, keyOf('conversations'))
  await hold(page, 'Short')
  const forShort = await page.evaluate(() => Number(Reflect.get(window, 'readings')))
  site.cluster.model.say(
    Array.from({ length: 60 }, (_, i) => `${i} `),
    { everyMs: 30 },
  )
  await ask(page, 'Long')
  await reads(page, 3, /^0 /)
  await answered(page)
  const forLong = (await page.evaluate(() => Number(Reflect.get(window, 'readings')))) - forShort
  expect(forLong).toBeLessThanOrEqual(forShort + 10)
})

test('what an answer is worth can be said, where the site asks for it, and taken back', async () => {
  const page = await open('data-feedback')
  await hold(page, 'About apples')
  await page.evaluate(() => {
    const heard: unknown[] = []
    Reflect.set(window, 'heard', heard)
    document.addEventListener('baton-feedback', ({ detail }) => heard.push([detail.message.content, detail.rating]))
  })
  await button(page, 'Good answer').click()
  expect(await violations(page)).toEqual([])
  await button(page, 'Bad answer').click()
  expect(await button(page, 'Good answer').getAttribute('aria-pressed')).toBe('false')
  await button(page, 'Bad answer').click()
  const heard = ['up', 'down', null].map((rating) => ['An answer.', rating])
  expect(await page.evaluate(() => Reflect.get(window, 'heard'))).toEqual(heard)
  expect(await body(page, 1).textContent()).toBe('An answer.')
})
