/** `npm start`: runs the whole of Baton on this machine until it is told to end (R1, R2). */
import { once } from 'node:events'
import { join, relative } from 'node:path'
import { styleText } from 'node:util'
import { SettingsError } from '../config/settings.ts'
import { DirectoryInUse } from './guard.ts'
import { type Plan, PortUnavailable } from './plan.ts'
import { Screen } from './screen.ts'
import { readStackSettings, type StackSettings } from './settings.ts'
import { Stack, StartFailed } from './stack.ts'
import { usage } from './usage.ts'

/** npm hands on the SIGINT that the terminal has already sent: what comes so soon after the first is no second wish. */
const SAME_WISH_MS = 500
const PARENT_CHECK_MS = 1000

async function main(): Promise<void> {
  const [argument] = process.argv.slice(2)
  if (argument !== undefined) {
    const help = argument === '--help' || argument === '-h'
    if (help) console.log(usage)
    else console.error(`There is no argument ${argument}.\n\n${usage}`)
    process.exitCode = help ? 0 : 2
    return
  }
  const settings = readStackSettings(process.env)
  const screen = new Screen(settings.verbose)
  for (const remark of settings.remarks) screen.warn(remark)
  const stack = new Stack(settings, screen)
  const quit = quitSignal(screen, stack, settings)
  try {
    const plan = await stack.start(quit)
    if (plan) greet(screen, plan, settings)
    if (!quit.aborted) await once(quit, 'abort')
  } catch (error) {
    stack.hurry() // Nobody is using what has come up so far.
    throw error
  } finally {
    await stack.stop()
  }
  screen.say('Stopped.')
}

/** Aborted by the first SIGINT, SIGTERM or SIGHUP, or when npm is gone; a second one hurries. */
function quitSignal(screen: Screen, stack: Stack, { redis }: StackSettings): AbortSignal {
  const quit = new AbortController()
  let toldAt: number | undefined
  const tell = (): void => {
    if (toldAt === undefined) {
      toldAt = performance.now()
      const finishing = 'Replicas finish the answers that they are giving; Ctrl-C again to stop at once.'
      screen.say(redis === 'none' ? '\nStopping.' : `\nStopping. ${finishing}`)
      quit.abort()
    } else if (performance.now() - toldAt > SAME_WISH_MS) {
      stack.hurry()
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, tell)
  if (process.env.npm_lifecycle_event) onOrphaned(tell)
  return quit.signal
}

/** npm may be killed without a chance to tell: then this is to end, too. */
function onOrphaned(tell: () => void): void {
  const parent = process.ppid
  const check = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(check)
    tell()
  }, PARENT_CHECK_MS)
  check.unref()
}

function greet(screen: Screen, plan: Plan, settings: StackSettings): void {
  const directory = inside(process.cwd(), settings.dataDir)
  const lines = [
    ['Chat page', styleText('bold', plan.url)],
    ['Replicas', plan.replicas.map(({ name, port }) => `${name} :${port}`).join('  ')],
    ...(plan.redis
      ? [['Redis', `:${plan.redis.port}, its address with the password is in ${join(directory, 'stack.json')}`]]
      : []),
    ...(plan.model ? [['Model', 'the local demo model; set OPENAI_API_KEY or OPENAI_BASE_URL for a real one']] : []),
    ['Logs', join(directory, 'logs')],
  ]
  const table = lines.map(([name = '', value = '']) => `  ${name.padEnd(10)} ${value}`)
  screen.say(['', 'Baton is running.', ...table, '', '  Ctrl-C stops everything.', ''].join('\n'))
}

/** `path` as somebody in `directory` would write it. */
function inside(directory: string, path: string): string {
  const shorter = relative(directory, path)
  return shorter.startsWith('..') ? path : shorter
}

function explain(error: unknown): string {
  if (error instanceof DirectoryInUse) {
    return `Another stack is running with DATA_DIR=${error.message}. Stop it, or give this one its own PORT and DATA_DIR.`
  }
  if (error instanceof SettingsError || error instanceof PortUnavailable || error instanceof StartFailed)
    return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

// The terminal may close before the stack has.
process.stdout.on('error', () => {})
main().catch((error: unknown) => {
  console.error(styleText('red', explain(error)))
  process.exitCode = 1
})
