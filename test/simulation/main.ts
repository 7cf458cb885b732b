// npm run simulate: looks for a schedule that breaks a rule. `--help` tells how to ask.

import { UsageError } from '../support/command-line.ts'
import { planFor } from './batch.ts'
import { Campaign } from './campaign.ts'
import { type Options, readOptions, usage } from './options.ts'
import { progressOf, reportOf } from './report.ts'
import { run } from './run.ts'
import { shrink } from './shrink.ts'

const EXIT_VIOLATION = 1
const EXIT_USAGE = 2
const PROGRESS_MS = process.stdout.isTTY ? 1000 : 15_000

async function replay({ seed, alone }: Options): Promise<number> {
  const plan = planFor(seed, alone)
  const outcome = await run(plan, { traced: true })
  console.log(reportOf(seed, plan, outcome))
  return outcome.violation === null ? 0 : EXIT_VIOLATION
}

async function search(options: Options): Promise<number> {
  console.log(`Base seed ${options.seed}, ${options.workers} threads.`)
  const campaign = new Campaign(options)
  const startedAt = performance.now()
  const report = () => console.log(progressOf(campaign.tally, performance.now() - startedAt))
  const timer = setInterval(report, PROGRESS_MS)
  const failedSeed = await campaign.play().finally(() => clearInterval(timer))
  report()
  if (failedSeed === null) {
    console.log('No rule was broken.')
    return 0
  }
  console.log(`Seed ${failedSeed} breaks a rule; making it smaller.`)
  const { plan, outcome } = await shrink(planFor(failedSeed, options.alone))
  console.log(reportOf(failedSeed, plan, outcome))
  return EXIT_VIOLATION
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options === null) console.log(usage)
  else process.exitCode = await (options.trace ? replay(options) : search(options))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`${error.message}\n\n${usage}`)
  process.exitCode = EXIT_USAGE
}
