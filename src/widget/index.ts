/** The widget's elements, and a way to teach them another language. */

import type { ClientState, Message, Metadata, TokenSource } from '../client/index.ts'
import { BatonChat } from './chat-element.ts'
import { define } from './define.ts'
import { BatonLauncher } from './launcher-element.ts'
import type { StorageName, Theme } from './options-element.ts'

export type { ClientState, Message } from '../client/index.ts'
export { registerLocale } from './locales/index.ts'
export type { Strings } from './locales/strings.ts'
export type { StorageName, Theme } from './options-element.ts'
export { BatonChat, BatonLauncher }

define('baton-chat', BatonChat)
define('baton-launcher', BatonLauncher)

/** What both elements take in JSX: their attributes, and whatever else an element has. */
interface ElementAttributes<E> {
  server?: string
  'user-id'?: string
  token?: TokenSource
  theme?: Theme
  lang?: string
  assistant?: string
  avatar?: string
  greeting?: string
  starters?: string | readonly string[]
  heading?: string
  storage?: StorageName
  metadata?: Metadata
  sound?: boolean
  feedback?: boolean
  id?: string
  class?: string
  className?: string
  style?: object
  slot?: string
  hidden?: boolean
  children?: unknown
  key?: string | number | bigint | null
  ref?: ((element: E | null) => unknown) | { readonly current: E | null } | null
  [other: `on${string}` | `data-${string}` | `aria-${string}`]: unknown
}

type Position = BatonLauncher['position']

interface BatonElements {
  'baton-chat': ElementAttributes<BatonChat> & { lazy?: boolean; closable?: boolean }
  'baton-launcher': ElementAttributes<BatonLauncher> & { position?: Position; label?: string; opener?: string }
}

// biome-ignore lint/suspicious/noTsIgnore: where React is, there is nothing to expect
/** @ts-ignore: only where there is React */
declare module 'react' {
  namespace JSX {
    interface IntrinsicElements extends BatonElements {}
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'baton-chat': BatonChat
    'baton-launcher': BatonLauncher
  }
  /** They bubble and leave the shadow tree: each element that holds a chat, and the document, hears them. */
  interface GlobalEventHandlersEventMap {
    'baton-message': CustomEvent<{ readonly message: Message }>
    'baton-state': CustomEvent<{ readonly state: ClientState }>
    'baton-feedback': CustomEvent<{ readonly message: Message; readonly rating: 'up' | 'down' | null }>
    'baton-open': CustomEvent<object>
    'baton-close': CustomEvent<object>
    'baton-unread': CustomEvent<{ readonly unread: number }>
  }
}
