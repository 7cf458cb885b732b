import { BatonClient, type BatonClientOptions, type ClientState, type StorageLike } from '../../src/client/index.ts'

/** The clients of one test, to be closed with it. */
export class Clients {
  readonly #url: string
  readonly #all: BatonClient[] = []

  constructor(url: string) {
    this.#url = url
  }

  of(options: BatonClientOptions = {}): BatonClient {
    const client = new BatonClient({ url: this.#url, ...options })
    this.#all.push(client)
    return client
  }

  close(): void {
    for (const client of this.#all) client.close()
  }
}

export function when(client: BatonClient, wanted: (state: ClientState) => boolean): Promise<ClientState> {
  return new Promise((resolve) => {
    const look = () => {
      if (!wanted(client.state)) return
      unsubscribe()
      resolve(client.state)
    }
    const unsubscribe = client.subscribe(look)
    look()
  })
}

export function storage(): StorageLike & Map<string, string> {
  const map = new Map<string, string>()
  return Object.assign(map, {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
  })
}
