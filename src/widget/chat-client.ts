import type { PropertyValues } from 'lit'
import { IDLE } from '../client/client-state.ts'
import { BatonClient, type ClientState, type TokenSource } from '../client/index.ts'
import { LatestToken } from '../client/latest-token.ts'
import { SafeStorage } from '../client/safe-storage.ts'
import { keepsElsewhere } from './begins-anew.ts'
import type { StorageName } from './options-element.ts'

/** The chat that the client belongs to. */
export interface ChatClientHost {
  readonly server: string
  readonly userId: string | null
  readonly token: TokenSource | null
  readonly storage: StorageName
  /** Connects only where there is something to resume, or when it is told to. */
  readonly lazy: boolean
}

/** The SDK's client of a chat: made as that comes onto the page, and anew for another server, user or storage. */
export class ChatClient {
  readonly #host: ChatClientHost
  readonly #changed: (before: ClientState, now: ClientState) => void
  readonly #token: LatestToken
  /** What was called before there was a client. */
  #waiting: (() => void)[] = []
  /** One for all clients of a user: what a storage refuses outlives a move to another place of the page, and another token. */
  #kept: SafeStorage | null = null
  #unsubscribe = () => {}
  current: BatonClient | null = null

  constructor(host: ChatClientHost, changed: (before: ClientState, now: ClientState) => void) {
    this.#host = host
    this.#changed = changed
    this.#token = new LatestToken(() => host.token)
  }

  get state(): ClientState {
    return this.current?.state ?? IDLE
  }

  get storage(): SafeStorage {
    this.#kept ??= new SafeStorage(this.#host.storage)
    return this.#kept
  }

  connect(): void {
    this.current?.open().catch(() => {}) // why it was refused is in the state
  }

  /** Does what takes a client, now or once there is one. */
  with(work: () => void): void {
    if (this.current === null) this.#waiting.push(work)
    else work()
  }

  begin(): void {
    this.end()
    const { server, userId, token, lazy } = this.#host
    const client = new BatonClient({
      url: server,
      storage: this.storage,
      ...(userId !== null && { userId, resume: 'latest' }),
      ...(token != null && { token: () => this.#token.give(client.state) }),
    })
    this.current = client
    let seen = client.state
    this.#unsubscribe = client.subscribe((state) => {
      const before = seen
      seen = state
      this.#changed(before, state)
    })
    if (!lazy || client.hasStored) this.connect()
    for (const work of this.#waiting.splice(0)) work()
  }

  end(): void {
    this.#unsubscribe()
    this.current?.close()
    this.current = null
  }

  /** The chat was told something else. */
  propertiesChanged(changed: PropertyValues): void {
    if (keepsElsewhere(changed, this.#host)) this.#kept = null
  }

  /** Connects where the gateway has refused the client, and there is another token by now. */
  tryToken(): void {
    if (this.#token.mayHelp(this.state)) this.connect()
  }
}
