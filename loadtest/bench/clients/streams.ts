import { setTimeout as sleep } from 'node:timers/promises'
import type { Answer } from '../workload.ts'
import { inGroups } from './groups.ts'
import { SocketIoWire } from './socketio-wire.ts'
import { StreamClient } from './stream-client.ts'
import { type Faults, noFaults, nothingReceived, type Received } from './tally.ts'
import { Refused, type Speech } from './wire.ts'

/** What each answer is to be like. */
export type Ask = Omit<Answer, 'stream'>

export interface StreamResults {
  /** By stream: when each token was whole, on the shared clock; 0 for one that never came. */
  readonly receivedAt: Float64Array[]
  readonly faults: Faults
}

/** Sessions that are opened at a time. */
const OPENING = 20
/** Clients that ask one question after another at a time: a system under test is to be busy, not swamped. */
const ASKING = 40
/** How often a gateway that has no room is asked, and what is waited in between. */
const TRIES = 60
const RETRY_MS = 500
/** Below what a gateway allows on one connection. */
const PER_CONNECTION = 50

let clients: StreamClient[] = []
let beside: SocketIoWire[] = []
let received: Received = nothingReceived()
let faults: Faults = noFaults()
let isAsking = false
let asking: Promise<unknown> = Promise.resolve()

/** Clients that watch answers come. */
export const streams = {
  /** Opens so many sessions, each on its own connection, the URLs in turn. */
  async open(urls: readonly string[], speech: Speech, count: number): Promise<void> {
    received = nothingReceived()
    faults = noFaults()
    clients = Array.from({ length: count }, (_, i) => [i, urls[i % urls.length] ?? ''] as const).map(
      ([i, url]) => new StreamClient(url, speech, i, received, faults),
    )
    await inGroups(count, OPENING, async (i) => clients[i]?.open())
  },

  /** Asks in each session, spread over `rampMs`, where it is refused as `overloaded` again and again; resolves when all are acknowledged. */
  async ask(ask: Ask, rampMs: number): Promise<void> {
    await Promise.all(
      clients.map(async (client, i) => {
        await sleep((rampMs * i) / clients.length)
        await sendUntilTaken(client, ask)
      }),
    )
  },

  /** Asks again in each session as soon as an answer has ended, until `rest`. */
  async askOnAndOn(ask: Ask, rampMs: number): Promise<void> {
    isAsking = true
    const askOn = async (client: StreamClient, i: number) => {
      await sleep((rampMs * i) / clients.length)
      while (isAsking) {
        await client.send(ask)
        await client.finished
      }
    }
    asking = Promise.allSettled(clients.map(askOn))
  },

  /** No further answers are asked for; resolves when those under way have ended. */
  async rest(): Promise<void> {
    isAsking = false
    await asking
  },

  /** Asks `times` times in each session, one answer after another. */
  async askTimes(ask: Ask, times: number): Promise<void> {
    await inGroups(clients.length, ASKING, async (i) => {
      for (let asked = 0; asked < times; asked++) {
        await clients[i]?.send(ask)
        await clients[i]?.finished
      }
    })
  },

  /** What has been received since `open`. */
  mark: (): Received => ({ ...received }),

  faults: (): Faults => faults,

  /** By stream: when the first text of each answer came. */
  firstAt: (): number[][] => clients.map((client) => client.firstAt),

  /** The ids of the sessions that were opened. */
  sessions: (): string[] => clients.map((client) => client.sessionId),

  /** Connects beside the others, with as many connections as so many sessions take. */
  async approach(url: string, sessions: number): Promise<void> {
    beside = Array.from(
      { length: Math.ceil(sessions / PER_CONNECTION) },
      () => new SocketIoWire(url, { delta: () => {}, message: () => {}, broken: () => faults.errors++ }),
    )
    await Promise.all(beside.map((wire) => wire.connect()))
  },

  /** Opens sessions again on these, some after another on each; gives how many messages came with them. */
  async reopen(sessions: readonly string[]): Promise<number> {
    const counts: number[] = []
    await Promise.all(
      beside.map(async (wire, i) => {
        for (const session of sessions.slice(i * PER_CONNECTION, (i + 1) * PER_CONNECTION)) {
          counts.push((await wire.open(session)).messages.length)
        }
      }),
    )
    return counts.reduce((sum, count) => sum + count, 0)
  },

  depart(): void {
    for (const wire of beside) wire.close()
  },

  /** Waits for the answers' ends, at most `limitMs`, and closes the connections. */
  async finish(limitMs: number): Promise<StreamResults> {
    const limit = new AbortController()
    const ended = Promise.allSettled(clients.map((client) => client.finished)).then(() => true)
    const late = sleep(limitMs, false, { signal: limit.signal }).catch(() => false)
    if (!(await Promise.race([ended, late]))) faults.unfinished++
    limit.abort()
    for (const client of clients) {
      faults.lost += client.missing
      client.close()
    }
    return { receivedAt: clients.map((client) => client.receivedAt), faults }
  },
}

/** Rejects where there is still no room after `TRIES`. */
async function sendUntilTaken(client: StreamClient, ask: Ask): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await client.send(ask)
    } catch (error) {
      if (!(error instanceof Refused) || error.code !== 'overloaded' || tries === TRIES) throw error
      await sleep(RETRY_MS)
    }
  }
}
