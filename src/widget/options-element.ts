import { LitElement, type PropertyDeclarations } from 'lit'
import type { Metadata, TokenSource } from '../client/index.ts'
import type { Attach } from './attachments.ts'
import { home, scriptSays } from './script.ts'
import { registerUnit } from './styles/theme.ts'

export type Theme = 'auto' | 'light' | 'dark'
export type StorageName = 'local' | 'session' | 'none'

/** What a launcher passes on to its chat. */
const PASSED = [
  ...(['server', 'userId', 'token', 'theme', 'storage', 'metadata', 'sound', 'feedback', 'onattach'] as const),
  ...(['greeting', 'heading', 'assistant', 'avatar', 'starters'] as const),
]

/** What a chat and its launcher can be told alike, as attributes or properties (W1). What they are not told, the widget's script may say. */
export abstract class OptionsElement extends LitElement {
  static override properties: PropertyDeclarations = {
    server: {},
    userId: { attribute: 'user-id' },
    token: {},
    theme: { reflect: true },
    lang: { reflect: true },
    greeting: {},
    heading: {},
    assistant: {},
    avatar: {},
    starters: {},
    storage: {},
    metadata: { type: Object },
    sound: { type: Boolean },
    feedback: { type: Boolean },
    onattach: { attribute: false },
  }

  /** Where the gateway is. */
  declare server: string
  declare userId: string | null
  /** A token, or, as a property, what fetches a fresh one. */
  declare token: TokenSource | null
  declare theme: Theme
  /** The first words of the assistant. */
  declare greeting: string | null
  declare heading: string | null
  /** The name of the assistant. */
  declare assistant: string | null
  /** The address of its picture. */
  declare avatar: string | null
  /** Questions to begin with, as buttons; in one string they are separated by `|`. */
  declare starters: string | readonly string[] | null
  declare storage: StorageName
  /** Goes along with each message of the visitor; as an attribute it is JSON. */
  declare metadata: Metadata | null
  /** Tells by a sound that an answer has come which is not seen. */
  declare sound: boolean
  /** Lets the visitor say what an answer is worth. */
  declare feedback: boolean
  /** Takes a file of the visitor's to a place of the site's. Without it there are no files. */
  declare onattach: Attach | null

  constructor() {
    super()
    registerUnit()
    this.server = scriptSays('server') ?? home()
    this.userId = scriptSays('user-id')
    this.token = scriptSays('token')
    this.theme = oneOf(scriptSays('theme'), ['auto', 'light', 'dark'])
    this.greeting = scriptSays('greeting')
    this.heading = scriptSays('heading')
    this.assistant = scriptSays('assistant')
    this.avatar = scriptSays('avatar')
    this.starters = scriptSays('starters')
    this.storage = oneOf(scriptSays('storage'), ['local', 'session', 'none'])
    this.metadata = objectOf(scriptSays('metadata'))
    this.sound = scriptSays('sound') !== null
    this.feedback = scriptSays('feedback') !== null
    this.onattach = null
  }

  /** Tells `chat` what this one was told. */
  protected passOn(chat: OptionsElement): void {
    for (const name of PASSED) Reflect.set(chat, name, this[name])
  }

  /** The languages that are wanted, first the most (W1). */
  get languages(): readonly (string | null)[] {
    return wantedLanguages(this.lang, this.parentElement)
  }
}

/** Those of an element in `place` whose own language is `lang`, where it has one. */
export function wantedLanguages(lang: string, place: Element | null): readonly (string | null)[] {
  const page = place?.closest('[lang]') ?? document.documentElement
  return [lang || scriptSays('lang'), page.getAttribute('lang'), ...navigator.languages]
}

function objectOf(json: string | null): Metadata | null {
  try {
    return JSON.parse(json ?? 'null')
  } catch {
    console.warn('baton-chat: data-metadata is not JSON')
    return null
  }
}

export function oneOf<const T extends string>(value: string | null, allowed: readonly [T, ...T[]]): T {
  return allowed.find((one) => one === value) ?? allowed[0]
}
