import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type RequestListener, request } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Redis } from 'ioredis'
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { checkedRules, type Result, runSuite } from '../../src/conformance/suite.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { startLossyFront } from '../support/lossy-front.ts'
import { silence } from '../support/scripted-model.ts'
import { type Head, LIES, type Lie } from './conformance-lies.ts'
import { startStack } from './stack-fixture.ts'

const BATON = join(import.meta.dirname, '../../dist/baton.js')
const SECRET = 'a secret of at least thirty-two bytes'

/** `baton conformance <args>`. */
function baton(...args: string[]): {
  child: ChildProcess
  out: () => string
  ended: Promise<{ code: number; err: string }>
} {
  const child = spawn(process.execPath, [BATON, 'conformance', ...args], { env: { PATH: process.env.PATH ?? '' } })
  onTestFinished(() => void child.kill('SIGKILL'))
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    out += piece
  })
  const ended = Promise.all([once(child, 'close'), text(child.stderr)]).then(([[code], err]) => ({
    code: code as number,
    err,
  }))
  return { child, out: () => out, ended }
}

async function run(url: string, only: readonly string[], more: { token?: string; foreignOrigin?: string } = {}) {
  return runSuite({ url, ...more }, { only, signal: new AbortController().signal, onResult: () => {} })
}

/** The whole suite, where much else runs. */
const LONG_MS = 180_000
const failed = (results: readonly Result[]) => results.filter(({ result }) => result === 'failed')

describe('the product, with nginx and the demo model', () => {
  test('[E] [M] [H] it keeps every rule that shows, and nothing of the run is left in Redis', {
    timeout: LONG_MS,
  }, async () => {
    const stack = await startStack({ REPLICAS: '3', DEMO_TOKENS_PER_SECOND: '120' }) // its long answer lasts three seconds
    const { url } = stack.record()
    const suite = baton('--json', url)
    const { code, err } = await suite.ended
    expect(err).toBe('')
    const told = JSON.parse(suite.out())
    expect(failed(told.results)).toEqual([])
    expect(code).toBe(0)
    expect(told.passed).toBeGreaterThan(50)
    const skipped = told.results.filter(({ result }: Result) => result === 'skipped')
    expect(skipped.map(({ rule }: Result) => rule).sort()).toEqual([
      'D6',
      'F2',
      'G6',
      'S3',
      'S4',
      'X3',
      'X3',
      'X3',
      'X4',
      'X5',
      'X6',
    ])
    const metrics = await Promise.all(
      stack.record().replicas.map(({ port }) => textOf(`http://127.0.0.1:${port}/metrics`)),
    )
    for (const each of metrics) expect(each).not.toMatch(/^baton_(caught_total|errors_total\{code="internal).* [1-9]/m)
    expect(await sessionsIn(stack.record().redis?.url ?? '')).toEqual([])
  })
})

describe('any gateway', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster({ replicas: 2, nginx: true })
  })
  afterAll(() => cluster?.stop())

  test('a model of one word is enough: what needs a longer answer is skipped, and told why', async () => {
    cluster.model.say(['Hi.'])
    const results = await run(cluster.urlOf('nginx'), ['D', 'M3'])
    expect(failed(results)).toEqual([])
    const why = results.flatMap(({ why }) => why ?? [])
    expect(why).toContain('the answer was over too soon: the check needs a longer one')
  })

  test('what a truthful front passes on keeps the rules that the lies break', async () => {
    answerAsAsked(cluster)
    const front = await lyingFront({ rule: '', name: 'none' })
    expect(failed(await run(front, [...new Set(LIES.map(({ rule }) => rule))]))).toEqual([])
  })

  test.each(LIES)('[$rule] a gateway is found out where $name', async (lie) => {
    answerAsAsked(cluster)
    const results = await run(await lyingFront(lie), [lie.rule])
    expect(failed(results).map(({ rule }) => rule)).toContain(lie.rule)
  })

  async function lyingFront({ frames = () => (frame) => [frame], body = same, head = same }: Lie): Promise<string> {
    const gateway = cluster.urlOf('nginx')
    const front = await startLossyFront(gateway, frames, passOn(gateway, body, head))
    onTestFinished(() => front.stop())
    return front.url
  }

  test('the command: failures are told with their rules, and exit with 1', async () => {
    answerAsAsked(cluster)
    const lie = LIES.find(({ name }) => name === 'a delta is lost') as Lie
    const suite = baton('--only', 'd2, S1', await lyingFront(lie))
    expect((await suite.ended).code).toBe(1)
    expect(suite.out()).toMatch(/^✗ D2 .*\n {5}failed: .+$/m)
    expect(suite.out()).toMatch(/^✓ S1 /m)
    expect(suite.out()).not.toMatch(/^. (M|X|H)/m)
  })

  test('the command: nobody there exits with 1; wrong arguments with 2; Ctrl-C with 130, and removes what it made', async () => {
    answerAsAsked(cluster)
    const { code, err } = await baton('http://127.0.0.1:1').ended
    expect([code, err]).toEqual([1, expect.stringContaining('cannot be reached')])
    for (const args of [[], ['--only', 'nothing', 'x'], ['--what', 'x'], ['a', 'b'], ['ftp://x']]) {
      expect((await baton(...args).ended).code, args.join(' ')).toBe(2)
    }
    const help = baton('--help')
    expect((await help.ended).code).toBe(0)
    expect(help.out()).toContain('--foreign-origin')

    cluster.model.script(() => [silence])
    const asked = cluster.model.generations
    const before = (await cluster.inspect().keys('session:*')).sort()
    const suite = baton(cluster.urlOf('nginx'))
    await cluster.model.until(() => cluster.model.generations > asked)
    suite.child.kill('SIGINT')
    expect((await suite.ended).code).toBe(130)
    expect(suite.out()).toMatch(/^✓ S1 /m)
    expect((await cluster.inspect().keys('session:*')).sort()).toEqual(before)
  })
})

test('[X3] [X4] with tokens and allowed origins: strangers are refused, and the whole suite holds', {
  timeout: LONG_MS,
}, async () => {
  const cluster = await startCluster({
    env: { AUTH: 'jwt', JWT_SECRET: SECRET, ALLOWED_ORIGINS: 'https://good.example' },
  })
  onTestFinished(() => cluster.stop())
  const token = await new SignJWT({ sub: 'ann' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('10m')
    .sign(new TextEncoder().encode(SECRET))
  answerAsAsked(cluster)
  const foreignOrigin = 'https://evil.example'
  const results = await run(cluster.urlOf(0), [], { token, foreignOrigin })
  expect(failed(results)).toEqual([])
  expect(results.filter(({ why }) => why?.includes('too soon'))).toEqual([])
  expect(results.filter(({ rule, result }) => /X[34]/.test(rule) && result !== 'passed')).toEqual([])
})

test('the rules of the suite are rules of the contract', async () => {
  expect(new Set(checkedRules).size).toBe(checkedRules.length)
  expect(LIES.map(({ rule }) => rule).filter((rule) => !checkedRules.includes(rule))).toEqual([])
})

/** Has the model give a long answer, of three seconds, to those alone that ask for one. */
function answerAsAsked({ model }: Cluster): void {
  const long = 'word '.repeat(150)
  const short = 'Hello to you, and a good day to all of yours.'
  model.answers(({ turns }) => (/long/.test(String(turns.at(-1)?.content)) ? long : short), { everyMs: 20 })
}

function same<T>(value: T): T {
  return value
}

/** Passes plain HTTP on to the gateway, and what it says back, changed. */
function passOn(gateway: string, body: (text: string) => string, head: (head: Head) => Head): RequestListener {
  return (incoming, outgoing) => {
    const { method, headers, url } = incoming
    const onward = request(gateway + url, { method, headers, agent: false }, (reply) => {
      const { 'content-length': _, ...rest } = reply.headers
      const { status, headers } = head({ status: reply.statusCode ?? 0, headers: rest })
      outgoing.writeHead(status, headers)
      reply.setEncoding('utf8').on('data', (piece: string) => outgoing.write(body(piece)))
      reply.once('end', () => outgoing.end())
      reply.once('error', () => outgoing.destroy())
    })
    onward.once('error', () => outgoing.destroy())
    outgoing.once('close', () => onward.destroy())
    incoming.pipe(onward)
  }
}

async function textOf(url: string): Promise<string> {
  return (await fetch(url)).text()
}

async function sessionsIn(redisUrl: string): Promise<string[]> {
  const redis = new Redis(redisUrl)
  try {
    return await redis.keys('session:*')
  } finally {
    redis.disconnect()
  }
}
