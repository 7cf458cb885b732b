// The load generator: many clients in one process, cheap enough to leave the machine to what is measured.
import { setTimeout as sleep } from 'node:timers/promises'
import { serve } from '../lib/remote.ts'
import { TOKEN_LENGTH } from '../workload.ts'
import { StreamClient } from './stream-client.ts'
import { type Faults, noFaults, type Received } from './tally.ts'

export interface ClientResults {
  /** By stream: when each token was whole, on the shared clock; 0 for one that never came. */
  readonly receivedAt: Float64Array[]
  readonly faults: Faults
}

export interface ClientsProcess {
  /** Opens so many sessions, each on its own connection. */
  open(url: string, streams: number): Promise<void>
  /** Sends a message in each, spread over `rampMs`; resolves when all are acknowledged. */
  send(tokens: number, rate: number, rampMs: number): Promise<void>
  /** What has been received since `open`. */
  mark(): Received
  /** Waits for the answers' ends, at most `limitMs`, and closes the connections. */
  finish(limitMs: number): Promise<ClientResults>
}

/** Sessions that are opened at a time. */
const OPENING = 20

let clients: StreamClient[] = []
let received: Received
let faults: Faults

serve<ClientsProcess>({
  async open(url, streams) {
    received = { units: 0, deltas: 0, bytes: 0 }
    faults = noFaults()
    clients = []
    while (clients.length < streams) {
      const group = Array.from(
        { length: Math.min(OPENING, streams - clients.length) },
        (_, i) => new StreamClient(url, clients.length + i, received, faults),
      )
      clients.push(...group)
      await Promise.all(group.map((client) => client.open()))
    }
  },

  async send(tokens, rate, rampMs) {
    await Promise.all(
      clients.map(async (client, i) => {
        await sleep((rampMs * i) / clients.length)
        await client.send({ tokens, rate })
      }),
    )
  },

  mark: () => ({ ...received }),

  async finish(limitMs) {
    const limit = new AbortController()
    const ended = Promise.allSettled(clients.map((client) => client.finished)).then(() => true)
    const late = sleep(limitMs, false, { signal: limit.signal }).catch(() => false)
    if (!(await Promise.race([ended, late]))) faults.unfinished++
    limit.abort()
    for (const client of clients) {
      faults.lost += client.receivedAt.length * TOKEN_LENGTH - client.length
      client.close()
    }
    return { receivedAt: clients.map((client) => client.receivedAt), faults }
  },
})
