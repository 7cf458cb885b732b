import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { SCENARIOS, type Scenario } from './scenarios.ts'

/** What was asked for cannot be run; the message says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** One scenario as it is to be run. */
export interface Run {
  readonly name: string
  readonly scenario: Scenario
  readonly users: number
  readonly seconds: number
  /** A Baton that runs already; null for a stack of its own. */
  readonly url: string | null
  /** What the limits on times are multiplied by. */
  readonly slack: number
  /** Where the HTML report goes; null for artifacts/. */
  readonly report: string | null
}

/** Loads that one machine bears: more is for machines of one's own, by --url and k6 itself. */
const MOST_USERS = 20_000

export const usage = `npm run loadtest -- [scenario] [options]

Loads Baton with k6, on this machine only. Without a scenario, runs all of them in turn; that takes some six minutes.

${Object.entries(SCENARIOS)
  .map(
    ([name, { summary, users, seconds }]) =>
      `  ${name.padEnd(10)} ${summary}\n${' '.repeat(13)}(${users} ${seconds ? `users, ${seconds} s` : 'sockets'})`,
  )
  .join('\n')}

  --users N      virtual users; for storm, sockets
  --seconds N    how long
  --slack N      limits on times N times as long, for a slower or busier machine (default 1)
  --url URL      a Baton that runs already, instead of a stack of its own; not for scenarios that kill replicas
  --report FILE  where the HTML report goes (default artifacts/loadtest-<scenario>.html)
  --help

A stack of its own takes the settings of npm start, such as REPLICAS, LLM_API and DEMO_TOKENS_PER_SECOND (100 here).
k6 is taken from the PATH, or built with Go into .baton/tools, or run by Docker.

Exit code: 0 every threshold holds, 1 one was missed, above all by a lost or doubled character, or nothing could be run,
2 it was asked for something else, 130 stopped by Ctrl-C.
`

/** Null where help is asked for. Throws `UsageError`. */
export function readOptions(args: readonly string[]): readonly Run[] | null {
  const { values, positionals } = parse(args)
  if (values.help) return null
  const [name] = positionals
  const unknown = positionals.find((each) => !Object.hasOwn(SCENARIOS, each))
  if (unknown !== undefined) throw new UsageError(`There is no scenario ${unknown.trim()}: there are ${list()}.`)
  if (positionals.length > 1) throw new UsageError('One scenario at a time, or none for all of them.')
  const sized = (['users', 'seconds', 'url', 'report'] as const).find((option) => values[option] !== undefined)
  if (name === undefined && sized !== undefined)
    throw new UsageError(`--${sized} is for one scenario, of ${list()}: name it.`)
  const chosen = Object.entries(SCENARIOS).filter(([each]) => name === undefined || each === name)
  return chosen.map(([each, scenario]) => {
    if (scenario.kills && values.url !== undefined)
      throw new UsageError(`${each} kills replicas: it runs a stack of its own.`)
    if (scenario.seconds === 0 && values.seconds !== undefined)
      throw new UsageError(`--seconds ${values.seconds}: ${each} ends by itself.`)
    return {
      name: each,
      scenario,
      users: wholeNumber('users', values.users, scenario.users, MOST_USERS),
      seconds: wholeNumber('seconds', values.seconds, scenario.seconds, 24 * 3600),
      url: values.url === undefined ? null : address(values.url),
      report: values.report === undefined ? null : file(values.report),
      slack: factor('slack', values.slack, 1),
    }
  })
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        users: { type: 'string' },
        seconds: { type: 'string' },
        slack: { type: 'string' },
        url: { type: 'string' },
        report: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
      allowPositionals: true,
    })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function list(): string {
  return Object.keys(SCENARIOS).join(', ')
}

function wholeNumber(name: string, value: string | undefined, otherwise: number, most: number): number {
  if (value === undefined) return otherwise
  const number = Number(value)
  if (!Number.isInteger(number) || number < 1 || number > most)
    throw new UsageError(`--${name} ${value}: must be a whole number from 1 to ${most}.`)
  return number
}

function file(value: string): string {
  if (statSync(value, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`--report ${value}: must be a file, not a directory.`)
  return resolve(value)
}

function factor(name: string, value: string | undefined, otherwise: number): number {
  if (value === undefined) return otherwise
  const number = Number(value)
  if (!(number > 0 && number <= 1000)) throw new UsageError(`--${name} ${value}: must be a number above 0, up to 1000.`)
  return number
}

function address(value: string): string {
  const url = URL.parse(value)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--url ${value}: must be an http or https address.`)
  return url.href.replace(/\/$/, '')
}
