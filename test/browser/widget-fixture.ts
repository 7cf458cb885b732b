import type { Browser, BrowserContext, BrowserContextOptions, LaunchOptions, Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { HostPage, type HostPageOptions } from '../support/host-page.ts'

/** What a visitor's browser complains of while the network is away is no fault of the widget's. */
const LOST_CONNECTION = /WebSocket connection to|ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_REFUSED/

/** A site that embeds the widget, and visitors of it. */
export class Visits {
  readonly host: HostPage
  /** Errors on any page, and violations of its content security policy. */
  complaints: string[] = []
  readonly #browser: Browser
  #contexts: BrowserContext[] = []

  static async start(options?: LaunchOptions): Promise<Visits> {
    const [host, browser] = await Promise.all([HostPage.start(), launchBrowser(options)])
    return new Visits(host, browser)
  }

  private constructor(host: HostPage, browser: Browser) {
    this.host = host
    this.#browser = browser
  }

  async visitor(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await this.#browser.newContext({ locale: 'en-US', ...options })
    this.#contexts.push(context)
    context.setDefaultTimeout(15_000)
    context.on('weberror', (error) => this.complaints.push(String(error.error())))
    context.on('console', (line) => {
      const isComplaint = line.type() === 'error' || /Content.Security.Policy|TrustedHTML/i.test(line.text())
      if (isComplaint && !LOST_CONNECTION.test(line.text())) this.complaints.push(line.text())
    })
    return context
  }

  embed(options: HostPageOptions, connects: readonly string[] = []): void {
    this.host.embed(options, connects)
  }

  /** The site in a new tab, its chat open. */
  async open(context: BrowserContext): Promise<Page> {
    const page = await this.visit(context)
    await openChat(page)
    return page
  }

  async visit(context: BrowserContext): Promise<Page> {
    const page = await context.newPage()
    await page.goto(this.host.url)
    return page
  }

  /** Ends what a test began; fails where anything complained. */
  async leave(): Promise<void> {
    for (const context of this.#contexts.splice(0)) await context.close()
    const complaints = this.complaints.splice(0)
    expect(complaints).toEqual([])
  }

  async stop(): Promise<void> {
    await this.#browser.close()
    await this.host.close()
  }
}

export const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true })
export const log = (page: Page): Locator => page.getByRole('log', { name: 'Conversation', exact: true })
export const articles = (page: Page): Locator => log(page).getByRole('article')
export const textBox = (page: Page): Locator => page.getByRole('textbox', { name: 'Message', exact: true })
export const body = (page: Page, number: number): Locator => articles(page).nth(number).locator('.body')

export async function openChat(page: Page): Promise<void> {
  await button(page, 'Open chat').click()
  await says(page, 'Connected')
}

/** The panel moves while it opens. */
export const hasSlidIn = (page: Page): Promise<unknown> =>
  page.locator('dialog').evaluate((dialog) => Promise.all(dialog.getAnimations().map(({ finished }) => finished)))

/** Resolves once the status tells this. */
export async function says(page: Page, text: string): Promise<void> {
  await page.getByRole('status').filter({ hasText: text }).waitFor()
}

export async function ask(page: Page, text: string): Promise<void> {
  await textBox(page).fill(text)
  await textBox(page).press('Enter')
}

/** Resolves once message `number` (from 0) reads `text`, white space aside. */
export async function reads(page: Page, number: number, text: string | RegExp): Promise<void> {
  await body(page, number).filter({ hasText: text }).waitFor()
}

/** Resolves once the last answer has ended. */
export async function answered(page: Page): Promise<void> {
  await button(page, 'Regenerate').waitFor()
}
