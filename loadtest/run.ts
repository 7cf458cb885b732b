/** `npm run loadtest -- <scenario>`: runs k6 against a stack of its own, or against one that runs already. */
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { getK6, NoK6 } from './runner/k6.ts'
import { OwnStack } from './runner/own-stack.ts'
import { SCENARIOS, type Scenario } from './runner/scenarios.ts'
import { Stagehand } from './runner/stagehand.ts'

const root = join(import.meta.dirname, '..')

const usage = `npm run loadtest -- [scenario] [options]

Loads Baton with k6, on this machine only. Exits 1 where a threshold was missed: above all a lost or doubled character.

${Object.entries(SCENARIOS)
  .map(
    ([name, { summary, users, seconds }]) =>
      `  ${name.padEnd(10)} ${summary} (${users} users${seconds ? `, ${seconds} s` : ''})`,
  )
  .join('\n')}

  --users N      virtual users; for storm, sockets
  --seconds N    how long
  --url URL      a Baton that runs already, instead of a stack of its own; not for scenarios that kill replicas
  --help

A stack of its own takes the settings of npm start, such as REPLICAS, LLM_API and DEMO_TOKENS_PER_SECOND (200 here).
k6 is taken from the PATH, or built with Go into .baton/tools, or run by Docker.
`

class UsageError extends Error {}

interface Options {
  readonly name: string
  readonly scenario: Scenario
  readonly users: number
  readonly seconds: number
  readonly url: string | null
}

/** Loads that a laptop bears: more is for machines of one's own, by --url and k6 itself. */
const MOST_USERS = 20_000

async function main(): Promise<void> {
  const options = readOptions()
  if (options === null) return console.log(usage)
  const k6 = await getK6(root, console.log)
  const quit = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => quit.abort(new Error(signal)))
  const stack = options.url === null ? new OwnStack(root) : null
  const stagehand = stack === null ? null : new Stagehand((replica) => stack.kill(replica), console.log)
  try {
    await stack?.ready(quit.signal)
    const url = options.url ?? stack?.url ?? ''
    const env = {
      BATON_URL: url,
      BATON_REPLICAS: (stack?.replicas ?? [url]).join(','),
      BATON_STAGEHAND: (await stagehand?.listen()) ?? '',
      BATON_USERS: String(options.users),
      BATON_SECONDS: String(options.seconds),
      BATON_EXACT: stack === null ? '0' : '1',
    }
    console.log(`${options.name} with ${k6.source} against ${url}\n`)
    process.exitCode = await runK6([k6.command, ...k6.args], options.name, env, quit.signal)
  } finally {
    stagehand?.close()
    await stack?.stop()
  }
}

function readOptions(): Options | null {
  const { values, positionals } = parseArgs({
    options: {
      users: { type: 'string' },
      seconds: { type: 'string' },
      url: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
    allowPositionals: true,
  })
  if (values.help) return null
  const [name = 'resume', ...more] = positionals
  const scenario = SCENARIOS[name]
  if (scenario === undefined || more.length > 0)
    throw new UsageError(`the scenarios are ${Object.keys(SCENARIOS).join(', ')}`)
  if (scenario.kills && values.url !== undefined)
    throw new UsageError(`${name} kills replicas: it runs a stack of its own`)
  return {
    name,
    scenario,
    users: numberOf('users', values.users, scenario.users, MOST_USERS),
    seconds: numberOf('seconds', values.seconds, scenario.seconds, 24 * 3600),
    url: values.url ?? null,
  }
}

function numberOf(name: string, value: string | undefined, otherwise: number, most: number): number {
  const number = value === undefined ? otherwise : Number(value)
  if (!Number.isInteger(number) || number < 0 || number > most)
    throw new UsageError(`--${name}: a whole number up to ${most}`)
  return number
}

/** Resolves with the exit code: 0 where every threshold holds. */
async function runK6(
  [command = '', ...before]: readonly string[],
  scenario: string,
  settings: Record<string, string>,
  quit: AbortSignal,
): Promise<number> {
  const report = join(root, 'artifacts', `loadtest-${scenario}.html`)
  mkdirSync(join(report, '..'), { recursive: true })
  const dashboard = {
    K6_WEB_DASHBOARD: 'true',
    K6_WEB_DASHBOARD_PORT: '-1',
    K6_WEB_DASHBOARD_PERIOD: '1s',
    K6_WEB_DASHBOARD_EXPORT: report,
    K6_NO_USAGE_REPORT: 'true',
  }
  const script = join(root, 'loadtest/k6', `${scenario}.ts`)
  const given = Object.entries(settings).flatMap(([name, value]) => ['-e', `${name}=${value}`])
  const inContainer =
    before.length > 0 ? Object.entries(dashboard).flatMap(([name, value]) => ['-e', `${name}=${value}`]) : []
  const image = before.at(-1)
  const args = image === undefined ? [] : [...before.slice(0, -1), ...inContainer, image]
  const child = spawn(command, [...args, 'run', ...given, script], {
    env: { ...process.env, ...dashboard },
    stdio: 'inherit',
    detached: true,
  })
  const stop = () => child.kill('SIGINT')
  quit.addEventListener('abort', stop, { once: true })
  if (quit.aborted) stop()
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve(status ?? 1))
  })
  console.log(`\nReport: ${report}`)
  return code
}

main().catch((error: unknown) => {
  const isUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error)
  if (isUsage) console.error(`${(error as Error).message}\n\n${usage}`)
  else console.error(error instanceof NoK6 ? error.message : error)
  process.exitCode = 1
})
