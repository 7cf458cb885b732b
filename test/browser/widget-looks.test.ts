import { describe, expect, test } from 'vitest'
import { eventually } from '../support/conditions.ts'
import { replicaSite } from './replica-site.ts'
import { answered, articles, ask, body, openChat } from './widget-fixture.ts'

const site = replicaSite()

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
