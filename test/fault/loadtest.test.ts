/** `npm run loadtest`: scenarios run to their end, and each of their checks fails where what it checks is broken. */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findK6, VERSION } from '../../loadtest/runner/k6.ts'
import { OwnStack } from '../../loadtest/runner/own-stack.ts'
import { SCENARIOS } from '../../loadtest/runner/scenarios.ts'
import { startLossyFront } from '../support/lossy-front.ts'
import { FAULTS } from './loadtest-spoils.ts'

const root = join(import.meta.dirname, '../..')
const temporary = mkdtempSync(join(tmpdir(), 'baton-loadtest-test-'))
afterAll(() => rmSync(temporary, { recursive: true }))

const SMALL = ['--users', '2', '--seconds', '2'] as const
/** What is tested here is never how fast this machine is. */
const PATIENT = ['--slack', '1000'] as const
/** Two kills, and so many users that some have an answer of the killed replica's. */
const FAILOVER = ['failover', '--users', '6', '--seconds', '13'] as const

interface Result {
  readonly code: number | null
  readonly output: string
  readonly report: string
  /** The metrics of which a threshold was missed. */
  readonly missed: readonly string[]
}

let runs = 0

function start(args: readonly string[], env: Record<string, string> = {}) {
  return execFile(process.execPath, [join(root, 'loadtest/run.ts'), ...args], {
    env: { ...process.env, NO_COLOR: '1', TMPDIR: temporary, REPLICAS: '2', DEMO_TOKENS_PER_SECOND: '300', ...env },
    maxBuffer: 2 ** 24,
  })
}

async function loadtest(args: readonly string[], env?: Record<string, string>): Promise<Result> {
  const report = join(temporary, `${++runs}.html`)
  const child = start(args.length === 0 || args.includes('--help') ? args : [...args, '--report', report], env)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk))
  const [code] = (await once(child, 'close')) as [number | null]
  const missed = [...output.matchAll(/^ {4}(baton_\w+)\n(?: {4}[✓✗].*\n)*? {4}✗/gm)].map(([, metric = '']) => metric)
  return { code, output, report, missed }
}

test('--help says what there is; what there is not exits 2, with a list', async () => {
  const help = await loadtest(['--help'])
  expect(help.code).toBe(0)
  for (const name of Object.keys(SCENARIOS)) expect(help.output).toMatch(new RegExp(`^ {2}${name} `, 'm'))
  for (const [args, complaint] of [
    [['gale'], 'There is no scenario gale: there are resume, failover, storm, soak.'],
    [['constructor'], 'There is no scenario constructor'],
    [['resume', 'gale'], 'There is no scenario gale'],
    [['resume', 'storm'], 'One scenario at a time, or none'],
    [['storm', '--seconds', '5'], '--seconds 5: storm ends by itself'],
    [['resume', '--users', 'many'], '--users many: must be a whole number'],
    [['resume', '--slack', '0'], '--slack 0: must be a number'],
    [['resume', '--url', 'localhost'], '--url localhost: must be an http'],
    [['failover', '--url', 'http://127.0.0.1:1'], 'failover kills replicas'],
    [['resume', '--fast'], '--fast'],
  ] as const) {
    const { code, output } = await loadtest(args)
    expect(output, args.join(' ')).toContain(complaint)
    expect(code, args.join(' ')).toBe(2)
  }
})

test('a report has to be a file', async () => {
  const child = start(['resume', '--report', temporary])
  let complaint = ''
  child.stderr?.on('data', (chunk) => (complaint += chunk))
  expect((await once(child, 'close'))[0]).toBe(2)
  expect(complaint).toContain(`--report ${temporary}: must be a file`)
})

test('[R6] under BASE_PATH its own stack’s replicas are there, too', async () => {
  const stack = new OwnStack(root, { REPLICAS: '1', BASE_PATH: '/chat' })
  try {
    await stack.ready(new AbortController().signal)
    for (const url of [stack.url, ...stack.replicas]) expect((await fetch(`${url}/openapi.json`)).status, url).toBe(200)
  } finally {
    await stack.stop()
  }
})

const lacks = findK6(root) === null
const why = lacks ? ` (skipped: k6 ${VERSION} is not here; npm run loadtest gets it where it can)` : ''

describe.skipIf(lacks).concurrent(`with k6${why}`, () => {
  let stack: OwnStack
  beforeAll(async () => {
    stack = new OwnStack(root, { REPLICAS: '1', DEMO_TOKENS_PER_SECOND: '300' })
    await stack.ready(new AbortController().signal)
  })
  afterAll(() => stack.stop())

  test('[R3] resume passes with a stack of its own, of which nothing is left, and writes a report', async () => {
    const { code, output, report, missed } = await loadtest(['resume', ...SMALL, ...PATIENT])
    expect(missed, output).toEqual([])
    expect(code, output).toBe(0)
    expect(output).toContain(`✓ resume passed. Report: ${report}`)
    expect(readFileSync(report, 'utf8')).toMatch(/^<!doctype html>/)
  })

  test('failover and its limits on times: exits 1 where recovery takes longer', async () => {
    const { code, output, missed } = await loadtest([...FAILOVER, '--slack', '0.001'])
    expect(missed, output).toEqual(['baton_resumed', 'baton_takeover_pause'])
    expect(code).toBe(1)
  })

  test('failover exits 1 where no replica goes on with the answers of the dead', async () => {
    const { code, output, missed } = await loadtest([...FAILOVER, ...PATIENT], { LLM_RESUME: 'none' })
    expect(missed, output).toEqual(expect.arrayContaining(['baton_errors', 'baton_takeovers']))
    expect(code).toBe(1)
  })

  test('failover counts the takeovers that start again from nothing', async () => {
    const { code, output, missed } = await loadtest([...FAILOVER, ...PATIENT], { LLM_RESUME: 'restart' })
    expect(missed, output).toEqual([])
    expect(code).toBe(0)
  })

  test('storm and its limits on times: exits 1 where sockets come back later', async () => {
    const { code, output, missed } = await loadtest(['storm', '--users', '51', '--slack', '0.001'])
    expect(missed, output).toEqual(['baton_resumed'])
    expect(output).toMatch(/baton_lost_connections\S*: 51 /)
    expect(code).toBe(1)
  })

  for (const { name, found, spoil } of FAULTS) {
    test(`a run is failed by ${found} where ${name}`, async () => {
      const front = await startLossyFront(stack.url, spoil, (_, response) => response.end())
      try {
        const { code, output, missed } = await loadtest(['resume', '--url', front.url, ...SMALL, ...PATIENT])
        expect(missed, output).toContain(found)
        expect(code).toBe(1)
      } finally {
        await front.stop()
      }
    })
  }

  for (const [name, grows, expected] of [
    ['stays', 0, []],
    ['grows', 5, ['baton_memory_growth_mb']],
    ['is not told', Number.NaN, ['baton_errors', 'baton_replica_memory_mb']],
  ] as const) {
    test(`soak where memory ${name}`, async () => {
      let bytes = 100 * 2 ** 20
      const metrics = (): string => {
        bytes += grows * 2 ** 20
        return Number.isNaN(bytes) ? '' : `process_resident_memory_bytes ${bytes}\n`
      }
      const front = await startLossyFront(
        stack.url,
        () => (frame) => [frame],
        (_, response) => response.end(metrics()),
      )
      try {
        const { code, output, missed } = await loadtest(['soak', '--url', front.url, ...SMALL])
        expect(missed, output).toEqual(expected)
        expect(code).toBe(expected.length === 0 ? 0 : 1)
      } finally {
        await front.stop()
      }
    })
  }

  test('Ctrl-C ends the run, its stack and its files', async () => {
    const own = mkdtempSync(join(temporary, 'ended-'))
    const child = start(['resume', '--seconds', '600', '--report', join(own, 'report.html')], { TMPDIR: own })
    await once(child.stdout ?? child, 'data') // the stack stands
    child.kill('SIGINT')
    expect((await once(child, 'close'))[0]).toBe(130)
    expect(readdirSync(own).filter((name) => name !== 'report.html')).toEqual([])
  })
})
