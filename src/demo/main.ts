/** `npm run demo`: kills the replica that writes an answer, and shows that the answer comes whole (R3). */
import { styleText } from 'node:util'
import { SettingsError } from '../config/settings.ts'
import { StartFailed } from '../stack/stack.ts'
import { LogScreen } from './log-screen.ts'
import { type DemoOptions, readOptions, UsageError, usage } from './options.ts'
import { Play } from './play.ts'
import { Stage } from './stage.ts'

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2))
  if (options.help) return console.log(usage)
  const quit = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => quit.abort(new Interrupted()))
  process.exitCode = (await run(options, quit.signal)) ? 0 : 1
}

/** Somebody pressed Ctrl-C. */
class Interrupted extends Error {
  override readonly name = 'Interrupted'
}

async function run(options: DemoOptions, quit: AbortSignal): Promise<boolean> {
  console.log(styleText('bold', 'Baton: an answer outlives the process that writes it.'))
  const screen = new LogScreen()
  const stage = new Stage(screen)
  let isWhole = false
  try {
    await stage.start(quit)
    quit.throwIfAborted()
    screen.hush()
    isWhole = await new Play(stage, screen, options).perform(quit)
    return isWhole
  } finally {
    screen.hush()
    const keepLogs = !isWhole && !quit.aborted
    await stage.close(keepLogs)
    if (keepLogs) console.log(`Logs: ${stage.dataDir}/logs`)
  }
}

// The terminal may close before the show is over.
process.stdout.on('error', () => {})
main().catch((error: unknown) => {
  if (error instanceof Interrupted) {
    process.exitCode = 130
    return
  }
  const isExpected = error instanceof UsageError || error instanceof SettingsError || error instanceof StartFailed
  console.error(styleText('red', isExpected ? `${error.message}\n` : String((error as Error)?.stack ?? error)))
  process.exitCode = 1
  if (!(error instanceof UsageError)) return
  console.error(usage)
  process.exitCode = 2
})
