// npm run fuzz: looks for an input that breaks something. `--help` tells how to ask.

import { UsageError } from '../support/command-line.ts'
import { Campaign, Stages } from './campaign.ts'
import { type Options, readOptions, usage } from './options.ts'
import { heldLine, progressOf, reportOf } from './report.ts'
import { leftBehind } from './stage.ts'

const EXIT_FINDING = 1
const EXIT_USAGE = 2
const PROGRESS_MS = process.stdout.isTTY ? 2000 : 15_000

async function fuzz(options: Options, stop: AbortSignal): Promise<number> {
  console.log(`Base seed ${options.seed}; doors: ${options.only.join(', ')}.`)
  const stages = new Stages()
  const campaign = new Campaign(stages, { ...options, stop })
  try {
    const stage = await stages.current()
    const startedAt = performance.now()
    const report = () => console.log(progressOf(campaign, stage, performance.now() - startedAt))
    const before = await stage.held()
    console.log(heldLine(before))
    const timer = setInterval(report, PROGRESS_MS)
    const finding = await campaign.run().finally(() => clearInterval(timer))
    report()
    if (finding !== null) {
      console.log(`${reportOf(finding, 0)}\nMaking it smaller …`)
      const narrowed = await campaign.narrow(finding)
      console.log(reportOf(narrowed, narrowed.attacks.length))
      return EXIT_FINDING
    }
    const left = await leftBehind(stage, before)
    console.log(heldLine(await stage.held()))
    console.log(left ?? 'Nothing was found.')
    return left === null ? 0 : EXIT_FINDING
  } finally {
    await stages.stop()
  }
}

/** Aborted by the first signal; a second one ends everything at once. */
function stopSignal(): AbortSignal {
  const stop = new AbortController()
  const tell = () => {
    if (stop.signal.aborted) process.exit(130) // what was started is killed with it
    console.log('\nEnding after this batch. Ctrl-C again to stop at once.')
    stop.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, tell)
  return stop.signal
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options === null) console.log(usage)
  else process.exitCode = await fuzz(options, stopSignal())
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`${error.message}\n\n${usage}`)
  process.exitCode = EXIT_USAGE
}
