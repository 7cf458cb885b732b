import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Finding } from '../../loadtest/bench/report/finding.ts'
import { SCENARIOS } from '../../loadtest/bench/scenarios/catalogue.ts'
import { isTextOf, TOKEN_LENGTH, tokenAt, VOCABULARY } from '../../loadtest/bench/workload.ts'

const run = promisify(execFile)
const BENCH = join(import.meta.dirname, '../../loadtest/bench/main.ts')
const directory = mkdtempSync(join(tmpdir(), 'baton-bench-smoke-'))

beforeAll(() => run(process.execPath, [join(import.meta.dirname, '../../deploy/build.mjs')]))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

describe('npm run bench', () => {
  test('answers every question without a fault and leaves a report', { timeout: 600_000 }, async () => {
    // It waits most of the time: three at once take little more than one.
    const findings = (await Promise.all([0, 1, 2].map(thirdOfScenarios))).flat()
    expect(new Set(findings.map(({ name }) => name))).toEqual(new Set(SCENARIOS.map(({ name }) => name)))
    for (const { faults, rows, columns } of findings) {
      expect(faults).toBe(0)
      expect(rows.length).toBeGreaterThan(0)
      for (const cells of rows) expect(cells).toHaveLength(columns.length)
    }
    const stalled = findings.find(({ title }) => title.endsWith('clients that stop reading')) ?? expect.fail()
    expect((stalled.data as { slow: number }).slow).toBeGreaterThan(0)
  })

  test('leaves a CPU profile', async () => {
    const { stdout } = await run(process.execPath, [BENCH, '--smoke', '--profile', '--out', directory])
    expect(stdout).toContain('by function, self time')
    expect(JSON.parse(readFileSync(join(directory, 'baton.cpuprofile'), 'utf8')).samples.length).toBeGreaterThan(0)
  })

  test('explains itself', async () => {
    expect((await run(process.execPath, [BENCH, '--help'])).stdout).toContain('--streams')
  })

  test.each([
    ['--streams', '0'],
    ['--rate', '1.5'],
    ['--rounds', 'many'],
    ['--seconds', '100000'],
    ['--only', 'nginx'],
    ['--systems', 'kafka'],
    ['--fast'],
  ])('refuses %s %s and says why', async (...args) => {
    const refused = run(process.execPath, [BENCH, ...args])
    await expect(refused).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining(args[0] ?? '') })
  })

  test('leaves no process behind when it is interrupted', async () => {
    const bench = spawn(
      process.execPath,
      [BENCH, '--smoke', '--only', 'tokens', '--rounds', '100', '--out', directory],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    )
    await once(bench.stdout, 'data')
    const started = await someChildren(bench, 4)
    bench.kill('SIGINT')
    expect(await once(bench, 'exit')).toEqual([130, null])
    expect(started.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([])
  })
})

describe('the clients’ check', () => {
  const stream = 3
  const text = Array.from({ length: 2000 }, (_, i) => VOCABULARY[tokenAt(stream, i)]).join('')

  test('takes the text at every offset, beyond the end of the cycle too', () => {
    expect(VOCABULARY.every((token) => token.length === TOKEN_LENGTH)).toBe(true)
    expect(isTextOf(stream, 0, text)).toBe(true)
    for (let at = 0; at < text.length; at += 7) expect(isTextOf(stream, at, text.slice(at, at + 13))).toBe(true)
  })

  test('notices one wrong character, a token left out, and text of another stream', () => {
    expect(isTextOf(stream, 0, `${text.slice(0, 8000)}#${text.slice(8001)}`)).toBe(false)
    expect(isTextOf(stream, 0, text.slice(0, 100) + text.slice(100 + TOKEN_LENGTH))).toBe(false)
    expect(isTextOf(stream + 1, 0, text)).toBe(false)
  })
})

/** Runs every third scenario from that one on, looks at the report, and gives what was found. */
async function thirdOfScenarios(third: number): Promise<Finding[]> {
  const out = join(directory, String(third))
  const only = SCENARIOS.map(({ name }) => name).filter((_, i) => i % 3 === third)
  const args = ['--smoke', '--systems', 'relay,baton,baton-x3', '--only', only.join(), '--out', out]
  const { stdout } = await run(process.execPath, [BENCH, ...args]).catch(({ stdout: told, stderr }) => {
    throw new Error(`the bench failed:\n${told}\n${stderr}`)
  })
  const json = readdirSync(out).find((name) => name.endsWith('.json')) ?? ''
  const { findings } = JSON.parse(readFileSync(join(out, json), 'utf8')) as { findings: Finding[] }
  const page = readFileSync(join(out, json.replace('.json', '.html')), 'utf8')
  for (const { title } of findings) expect(page).toContain(title)
  expect(page).not.toContain('NaN')
  expect(stdout).toContain(join(out, json))
  return findings
}

/** Resolves with the bench's children, by id, as soon as it has at least `count`. */
async function someChildren(bench: ChildProcess, count: number): Promise<number[]> {
  for (;;) {
    const children = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === bench.pid)
    if (children.length >= count) return children.map(Number)
    if (bench.exitCode !== null) throw new Error('the bench has ended')
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return undefined // it has just ended
  }
}
