/** The fault lab: breaks everything at random for a while, and checks that nobody noticed. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { UsageError } from '../../support/command-line.ts'
import type { History } from './history.ts'
import { runDrill, runLab, type Totals } from './lab.ts'
import { type ChaosOptions, readOptions, usage } from './options.ts'
import { heading, progressLine, reportOf } from './report.ts'

const ROUND_SECONDS = 60
/** npm hands on the SIGINT that the terminal has already sent: what comes so soon after the first is no second wish. */
const SAME_WISH_MS = 500

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2))
  if (options.help) return console.log(usage)
  process.setMaxListeners(0) // each replica, of however many, has one that ends it with this process
  const stop = stopSignal()
  const totals = await (options.drill === null ? chaos(options, stop) : drill(options.drill))
  console.log(`\n${reportOf(totals)}`)
  process.exitCode = totals.violations.length > 0 ? 1 : stop.aborted ? 130 : 0
}

function chaos(options: ChaosOptions, stop: AbortSignal): Promise<Totals> {
  const startedAt = performance.now()
  const seconds = 60 * options.minutes
  console.log(heading(options))
  return runLab({
    ...options,
    seconds,
    roundSeconds: ROUND_SECONDS,
    stop,
    onViolation: keepHistory,
    onRound: (totals) => console.log(progressLine(totals, (performance.now() - startedAt) / 1000)),
  })
}

/** One line of JSON for each entry, then for each session what Redis held of it. */
function keepHistory({ entries, stored }: History, seed: number): void {
  mkdirSync('artifacts', { recursive: true })
  const file = `artifacts/chaos-${seed}.jsonl`
  writeFileSync(file, [...entries, ...stored].map((line) => `${JSON.stringify(line)}\n`).join(''))
  console.log(`\nThe whole history of that round: ${file}`)
}

function drill({ protection, twin }: NonNullable<ChaosOptions['drill']>): Promise<Totals> {
  console.log(`The drill for ${protection}, with ${twin ? 'a twin of the product that lacks it' : 'the product'} …`)
  return runDrill(protection, { twin })
}

/** Aborted by the first signal, or when whoever started this is gone; a second one ends everything at once. */
function stopSignal(): AbortSignal {
  const stop = new AbortController()
  let toldAt: number | null = null
  const tell = (): void => {
    if (toldAt === null) {
      toldAt = performance.now()
      console.log('\nEnding the round early: everything is mended and checked. Ctrl-C again to stop at once.')
      stop.abort()
    } else if (performance.now() - toldAt > SAME_WISH_MS) {
      process.exit(130) // whatever was started is killed with it
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, tell)
  process.on('disconnect', tell)
  process.channel?.unref() // it keeps nobody waiting
  return stop.signal
}

process.stdout.on('error', () => {}) // the terminal may close before it is over
main().catch((error: unknown) => {
  console.error(error instanceof UsageError ? `${error.message}\n\n${usage}` : error)
  process.exitCode = 2
})
