import { setTimeout as pause } from 'node:timers/promises'
import type { Browser, Locator, Page } from 'playwright-core'
import { launchBrowser } from '../support/browser.ts'
import type { Desktop } from './desktop.ts'

/** The longest that Orca is listened to after a step, in milliseconds. */
const STEP_MS = 8000
const MAX_TABS = 20

/** Somebody before a window that shows one page, who uses the keyboard alone and prints what Orca says. */
export class Visitor {
  readonly page: Page
  readonly #desktop: Desktop
  readonly #browser: Browser

  static async start(desktop: Desktop): Promise<Visitor> {
    const args = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--force-renderer-accessibility', '--kiosk']
    const browser = await launchBrowser({
      headless: false,
      ignoreDefaultArgs: ['--enable-automation'],
      args,
      env: desktop.env as Record<string, string>,
    })
    const context = await browser.newContext({ viewport: null, locale: 'en-US' })
    return new Visitor(desktop, browser, await context.newPage())
  }

  private constructor(desktop: Desktop, browser: Browser, page: Page) {
    this.#desktop = desktop
    this.#browser = browser
    this.page = page
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }

  /** Prints what Orca says to this. */
  async step(name: string, act: () => unknown): Promise<void> {
    await act()
    await this.#desktop.settled(STEP_MS)
    console.log(`\n${name}`)
    for (const words of this.#desktop.heard()) console.log(`    ${words.replaceAll(/\n\s*/g, '\n    ')}`)
  }

  press(name: string, ...keys: string[]): Promise<void> {
    return this.step(name, () => this.#desktop.press(...keys))
  }

  /** Presses this key until the button has the focus. */
  go(key: string, name: string): Promise<void> {
    const hasFocus = () => this.button(name).evaluate((control) => control.matches(':focus'))
    return this.step(`${key}, to ${name}`, async () => {
      for (let tries = 0; tries < MAX_TABS && !(await hasFocus()); tries++) {
        this.#desktop.press(key)
        await pause(500)
      }
    })
  }

  ask(text: string): void {
    this.#desktop.type(text)
    this.#desktop.press('Return')
  }

  async leave(): Promise<void> {
    await this.#browser.close()
  }
}
