'use client'

import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react'
import { IDLE } from '../client/client-state.ts'
import { BatonClient, type BatonClientOptions, type ClientState } from '../client/index.ts'
import { kindOf, LatestToken } from '../client/latest-token.ts'

/** The conversation as it is now, and what can be done with it; the functions stay the same from render to render. */
export interface Baton
  extends ClientState,
    Pick<BatonClient, 'send' | 'stop' | 'regenerate' | 'retry' | 'discard' | 'clear' | 'newConversation' | 'switchTo'> {
  /** For what the hook does not offer. */
  readonly client: BatonClient
  /** Whether there are messages before those in `messages`. */
  readonly hasEarlier: boolean
  /** Brings up to `limit` (default 50) earlier messages into `messages`. */
  readonly loadEarlier: (limit?: number) => Promise<void>
}

/**
 * One conversation with a gateway, connected while the component is mounted. Another `url`, `userId`, `resume` or
 * `storageKey` is another conversation; a `token` may come later, and change with each render. A `BatonClient` instead of
 * options is shared and its owner's: it is opened, and never closed, here.
 */
export function useBaton(options: BatonClientOptions | BatonClient = {}): Baton {
  const client = useClient(options)
  const state = useSyncExternalStore(
    useCallback((changed) => client.subscribe(changed), [client]),
    () => client.state,
    // What a server renders, and the first render in the browser repeats: neither has a connection or a storage yet.
    () => IDLE,
  )
  return { ...state, client, ...useEarlier(client, state), ...useActions(client) }
}

function useClient(options: BatonClientOptions | BatonClient): BatonClient {
  const given = options instanceof BatonClient ? options : null
  const { url, userId, resume, storageKey, token }: BatonClientOptions = options instanceof BatonClient ? {} : options
  const hasToken = token !== undefined
  const current = useRef(token)
  const [latest] = useState(() => new LatestToken(() => current.current))
  useEffect(() => {
    current.current = token
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the others are read once; a token is asked for anew
  const client = useMemo(() => {
    if (given !== null) return given
    const client = new BatonClient({ ...options, ...(hasToken && { token: () => latest.give(client.state) }) })
    return client
  }, [given, url, userId, resume, storageKey, hasToken])
  useEffect(() => {
    client.open().catch(() => {}) // the state's `error` tells
    return () => {
      if (given === null) client.close()
    }
  }, [client, given])
  useAnotherToken(client, given === null ? latest : null, kindOf(token))
  return client
}

/** Whoever was refused tries again as soon as there is another token than the refused one. */
function useAnotherToken(client: BatonClient, latest: LatestToken | null, kind: unknown): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a token of another kind may be one that helps
  useEffect(() => {
    if (latest === null) return
    const look = () => {
      if (latest.mayHelp(client.state)) client.open().catch(() => {})
    }
    look()
    return client.subscribe(look)
  }, [client, latest, kind])
}

function useEarlier(
  client: BatonClient,
  { messages, session }: ClientState,
): Pick<Baton, 'hasEarlier' | 'loadEarlier'> {
  /** Before which the gateway has nothing, as it said. What is held later may begin after it. */
  const [oldest, setOldest] = useState<{ readonly sessionId: string | undefined; readonly seq: number } | null>(null)
  const loadEarlier = useCallback(
    async (limit?: number) => {
      const hasMore = await client.history(undefined, limit)
      const { session, messages } = client.state
      if (!hasMore) setOldest({ sessionId: session?.id, seq: messages[0]?.seq ?? 1 })
    },
    [client],
  )
  const first = messages[0]?.seq ?? 1
  const begin = oldest !== null && oldest.sessionId === session?.id ? oldest.seq : 1
  return { hasEarlier: first > begin, loadEarlier }
}

function useActions(client: BatonClient) {
  return useMemo(
    () => ({
      send: client.send.bind(client),
      stop: client.stop.bind(client),
      regenerate: client.regenerate.bind(client),
      retry: client.retry.bind(client),
      discard: client.discard.bind(client),
      clear: client.clear.bind(client),
      newConversation: client.newConversation.bind(client),
      switchTo: client.switchTo.bind(client),
    }),
    [client],
  )
}
