// npm run bench: what a token costs in Baton, beside what Baton could be replaced with. `--help` tells how to ask.
import { compareSystems } from './comparison.ts'
import { Interrupted, Processes } from './lib/processes.ts'
import { HELP, type Plan, planOf, UsageError } from './options.ts'
import { profileSystems } from './profiling.ts'
import { reportOf, settingsOf, writeReport } from './report/report.ts'
import { goalText, tableOf } from './report/table.ts'
import { missingFor } from './systems/catalogue.ts'

const EXIT_FAULTS = 1
const EXIT_USAGE = 2
const EXIT_INTERRUPTED = 130

const say = (line: string) => console.log(line)

async function bench(plan: Plan, processes: Processes): Promise<number> {
  if (process.platform !== 'linux')
    throw new UsageError('the bench reads the CPU of processes from /proc: only on Linux')
  const missing = plan.systems.map(missingFor).find((reason) => reason !== undefined)
  if (missing !== undefined) throw new UsageError(missing)
  say(settingsOf(plan))
  if (plan.profile) {
    await profileSystems(plan, processes, say)
    return 0
  }
  const report = reportOf(plan, await compareSystems(plan, processes, say))
  say(`\n${tableOf(report.rows)}\n\n${report.disturbance}`)
  for (const goal of report.goals) say(goalText(goal))
  for (const path of writeReport(report, plan.directory)) say(path)
  const faults = report.rows.reduce((sum, row) => sum + row.faults, 0)
  if (faults > 0)
    say(`${faults} faults: text was lost, doubled or wrong, or requests failed. The figures are worth nothing.`)
  return faults > 0 ? EXIT_FAULTS : 0
}

async function main(): Promise<number> {
  const plan = planOf(process.argv.slice(2))
  if (plan === null) {
    say(HELP)
    return 0
  }
  const processes = new Processes()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => processes.interrupt())
  try {
    return await bench(plan, processes)
  } finally {
    await processes.stopAll()
  }
}

function failed(error: unknown): number {
  if (error instanceof Interrupted) {
    console.error('interrupted')
    return EXIT_INTERRUPTED
  }
  console.error(error instanceof UsageError ? `bench: ${error.message}\nTry --help.` : error)
  return error instanceof UsageError ? EXIT_USAGE : 1
}

process.exit(await main().catch(failed))
