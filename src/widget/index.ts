/** The widget's elements, and a way to teach them another language. */
import { BatonChat } from './chat-element.ts'
import { BatonLauncher } from './launcher-element.ts'

export type { ClientState, Message } from '../client/index.ts'
export { registerLocale } from './locales/index.ts'
export type { Strings } from './locales/strings.ts'
export type { StorageName, Theme } from './options-element.ts'
export { BatonChat, BatonLauncher }

for (const [name, type] of [
  ['baton-chat', BatonChat],
  ['baton-launcher', BatonLauncher],
] as const) {
  if (customElements.get(name) === undefined) customElements.define(name, type)
}

declare global {
  interface HTMLElementTagNameMap {
    'baton-chat': BatonChat
    'baton-launcher': BatonLauncher
  }
}
