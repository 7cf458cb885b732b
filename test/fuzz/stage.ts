import { randomUUID } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { SignJWT } from 'jose'
import { eventually } from '../support/conditions.ts'
import { startRedis, type TestRedis } from '../support/redis.ts'
import { formatLine, type LogLine, Replica } from '../support/replica.ts'
import type { Where } from './attack.ts'
import { Bystander } from './bystander.ts'
import { Model } from './model.ts'
import { Peer } from './peer.ts'
import type { Names } from './text.ts'

const SECRET = 'a secret that is long enough for HS256'
const PLACES: readonly Where[] = ['r1', 'r2', 'jwt']
const PREFIX = 'j:'
const SETTLING_MS = 200
const SETTINGS = {
  HOST: '127.0.0.1',
  OPENAI_API_KEY: 'sk-test',
  DRAIN_TIMEOUT: '2',
  RATE_LIMIT: '0',
  CONNECT_LIMIT: '0',
  LLM_RETRIES: '1',
  LLM_TIMEOUT_MS: '8000',
  MAX_ANSWER_BYTES: '65536',
}
const JWT_SETTINGS = {
  AUTH: 'jwt',
  JWT_SECRET: SECRET,
  KEY_PREFIX: PREFIX,
  LLM_API: 'responses',
  LLM_REASONING: 'store',
}

/** What a replica holds on to. */
export interface Held {
  readonly heapBytes: number
  readonly descriptors: number
}

export interface Verdict {
  readonly faults: readonly string[]
  /** A request failed for keys in Redis that hold what Baton never wrote. */
  readonly brokenKeys: boolean
}

/**
 * A deployment under attack: a Redis, two replicas that share sessions, a third that asks for tokens, a model whose replies
 * are the attackers' to write, and good clients that must not notice. Nothing of it is a stand-in but the model.
 */
export class Stage {
  readonly model: Model
  readonly redis: Redis
  readonly bystanders: readonly Bystander[]
  readonly #server: TestRedis
  readonly #replicas: ReadonlyMap<Where, Replica>
  readonly #auths: Readonly<Record<Where, string>>
  readonly #names = new Map<Where, Names>()
  readonly #channels = new Map<string, string>()

  static async start(): Promise<Stage> {
    const [server, model] = await Promise.all([startRedis(), new Model().start()])
    const tokenOf = (user: string) =>
      new SignJWT({ sub: user }).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('30d').sign(Buffer.from(SECRET))
    const [good, evil] = await Promise.all([tokenOf('good'), tokenOf('evil')])
    const stage = new Stage(server, model, good, evil)
    try {
      await stage.#start()
    } catch (error) {
      await stage.stop()
      throw error
    }
    return stage
  }

  private constructor(server: TestRedis, model: Model, good: string, evil: string) {
    this.#server = server
    this.model = model
    this.redis = new Redis(server.url, { maxRetriesPerRequest: 1 })
    this.redis.on('error', () => {})
    const main = ['--expose-gc', join(import.meta.dirname, 'gateway-main.ts')]
    const env = { ...SETTINGS, REDIS_URL: server.url, OPENAI_BASE_URL: model.url }
    this.#replicas = new Map(
      PLACES.map((place) => [place, new Replica(place, { ...env, ...(place === 'jwt' ? JWT_SETTINGS : {}) }, main)]),
    )
    this.#auths = { r1: '', r2: '', jwt: JSON.stringify({ token: evil }) }
    const goodClient = (at: Where, followedAt: Where, token?: string) =>
      new Bystander({
        urls: () => [this.urlOf(at), this.urlOf(followedAt)],
        auth: token === undefined ? {} : { token },
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      })
    this.bystanders = [goodClient('r1', 'r2'), goodClient('r2', 'r1'), goodClient('jwt', 'jwt', good)]
    for (const place of PLACES)
      this.#names.set(place, { auth: this.#auths[place], token: place === 'jwt' ? evil : 'none' })
  }

  urlOf(place: Where): string {
    return this.#replica(place).url
  }

  portOf(place: Where): number {
    return this.#replica(place).port
  }

  /** The replica beside it, where it has one. */
  besides(place: Where): Where {
    return place === 'r1' ? 'r2' : place === 'r2' ? 'r1' : 'jwt'
  }

  names(place: Where): Names {
    return this.#names.get(place) ?? {}
  }

  channelOf(channel: 'bus' | 'pulse' | 'adapter' | 'answers', place: Where): string {
    return this.#channels.get(`${place} ${channel}`) ?? ''
  }

  join(place: Where): Promise<Peer> {
    return Peer.join(this.urlOf(place), this.#auths[place])
  }

  /** Gives attackers a session of their own at each replica, with a message and its answer in it. */
  async refresh(): Promise<void> {
    for (const place of PLACES) {
      const peer = await this.join(place)
      const names = await this.sessionOf(peer, place)
      this.#names.set(place, names)
      peer.close()
    }
  }

  /** A new session of that client's, with a message and its answer in it. */
  async sessionOf(peer: Peer, place: Where): Promise<Names> {
    const session = await granted(peer, 'session:open', {}, 'session')
    const message = randomUUID()
    const answer = await granted(peer, 'message:send', { sessionId: session, id: message, content: 'hi' }, 'answer')
    await peer.ended(answer)
    const victim = this.bystanders[place === 'jwt' ? 2 : 0]?.sessionId ?? ''
    return {
      ...this.names(place),
      session,
      message,
      answer,
      prefix: place === 'jwt' ? PREFIX : '',
      ...(place === 'jwt' ? { victim } : {}),
    }
  }

  /** Of the good clients' requests, 99 of 100 took at most so long. */
  get slowestMs(): number {
    return Math.max(...this.bystanders.map(({ slowestMs }) => slowestMs))
  }

  /** What has gone wrong since this was asked last. */
  async verdict(): Promise<Verdict> {
    const faults: string[] = []
    let brokenKeys = false
    // What the last connections leave behind shows a moment after they have ended.
    await pause(SETTLING_MS)
    for (const [place, replica] of this.#replicas) {
      if (!replica.running) faults.push(`${place} has died`)
      const lines = replica.logs.splice(0)
      brokenKeys ||= lines.some((line) => line.msg === 'request failed' && typeOf(line) === 'StoreFault')
      faults.push(...lines.filter(isBug).map((line) => `${formatLine(line)} ${stackOf(line)}`))
    }
    faults.push(...this.bystanders.flatMap((bystander) => bystander.faults.splice(0)))
    return { faults, brokenKeys }
  }

  /** What each replica holds, its garbage collected. */
  async held(): Promise<Held[]> {
    return Promise.all([...this.#replicas.values()].map((replica) => heldBy(replica)))
  }

  async stop(): Promise<void> {
    await Promise.all(this.bystanders.map((bystander) => bystander.stop()))
    this.redis.disconnect()
    await Promise.all([...this.#replicas.values()].map((replica) => replica.kill()))
    await this.model.close()
    await this.#server.stop()
  }

  async #start(): Promise<void> {
    for (const replica of this.#replicas.values()) await replica.start()
    await Promise.all(this.bystanders.map((bystander) => bystander.start()))
    await this.#findChannels()
    await this.refresh()
  }

  async #findChannels(): Promise<void> {
    for (const place of PLACES) {
      const prefix = place === 'jwt' ? PREFIX : ''
      const channels = await eventually('all channels are there', async () => {
        const all = (await this.redis.call('PUBSUB', 'SHARDCHANNELS', `${prefix}*`)) as string[]
        return all.some((one) => one.includes(`{${place}.`)) && all
      })
      const find = (matches: (channel: string) => boolean) => channels.find(matches) ?? ''
      const bus = find((one) => one.startsWith(`${prefix}replica:{${place}.`) && one.endsWith('}'))
      this.#channels.set(`${place} bus`, bus)
      this.#channels.set(`${place} pulse`, `${bus}:pulse`)
      this.#channels.set(`${place} adapter`, `${prefix}socket.io#/#`)
      this.#channels.set(
        `${place} answers`,
        find((one) => one.startsWith(`${prefix}socket.io#/#`) && one.length > `${prefix}socket.io#/#`.length),
      )
    }
  }

  #replica(place: Where): Replica {
    const replica = this.#replicas.get(place)
    if (replica === undefined) throw new Error(`no replica ${place}`)
    return replica
  }
}

/** Asks until there is time for it, and gives the id of what it was given. */
function granted(peer: Peer, event: string, payload: object, field: string): Promise<string> {
  return eventually(`${event} is granted`, async () => {
    const reply = await peer.ask(event, JSON.stringify(payload))
    if (reply === undefined) throw new Error(`the connection ended before ${event} was acknowledged`)
    return reply.ok === true && (reply[field] as { id: string }).id
  })
}

/** A replica may keep what its caches take (S5), and what few sockets that are about to end. */
const MORE_HEAP_BYTES = 48 * 2 ** 20
const MORE_DESCRIPTORS = 12
const COMES_BACK_MS = 60_000

/** What the replicas still hold a minute after, beyond `before`; null where all came back. */
export async function leftBehind(stage: Stage, before: readonly Held[]): Promise<string | null> {
  const complaints = async () =>
    (await stage.held()).flatMap(({ heapBytes, descriptors }, i) => {
      const held = before[i]
      if (held === undefined) return []
      const heap = heapBytes - held.heapBytes > MORE_HEAP_BYTES ? [`${heapBytes - held.heapBytes} bytes of heap`] : []
      const more = descriptors - held.descriptors
      return [...heap, ...(more > MORE_DESCRIPTORS ? [`${more} descriptors`] : [])].map(
        (what) => `replica ${i + 1} keeps ${what}`,
      )
    })
  const back = eventually('all comes back', async () => (await complaints()).length === 0, COMES_BACK_MS)
  return back.then(
    () => null,
    async () => (await complaints()).join('; '),
  )
}

async function heldBy(replica: Replica): Promise<Held> {
  process.kill(replica.pid, 'SIGUSR2')
  const metrics = await (await fetch(`${replica.url}/metrics`)).text()
  const heapBytes = Number(/^nodejs_heap_size_used_bytes(?:\{.*\})? (\S+)$/m.exec(metrics)?.[1])
  return { heapBytes, descriptors: readdirSync(`/proc/${replica.pid}/fd`).length }
}

/** What a failed answer, or a request, may be due to: a model that failed; keys that hold what Baton never wrote. */
const CAUSES: Readonly<Record<string, readonly unknown[] | undefined>> = {
  'answer failed': ['ModelError', 'Garbage'],
  'request failed': ['StoreFault'],
  'a session in Redis is broken': [undefined],
  'a held session cannot be brought back and is given up': ['StoreFault'],
}

/** Whatever else is logged as an error, and whatever is no record: a crash, a warning of Node's. */
function isBug(line: LogLine): boolean {
  const { level, msg } = line
  if (level === undefined) return String(msg).trim() !== ''
  return (level === 'error' || level === 'fatal') && !CAUSES[String(msg)]?.includes(typeOf(line))
}

const typeOf = ({ err }: LogLine): unknown => ((err ?? {}) as { type?: unknown }).type

function stackOf({ err }: LogLine): string {
  const { stack } = (err ?? {}) as { stack?: unknown }
  return typeof stack === 'string'
    ? stack
        .split('\n')
        .slice(1, 6)
        .map((line) => line.trim())
        .join(' < ')
    : ''
}
