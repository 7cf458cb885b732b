// npm run bench: what a token costs in Baton, beside what Baton could be replaced with. `--help` tells how to ask.
import type { Processes } from './lib/processes.ts'
import { runMain, UsageError } from './lib/run-main.ts'
import { HELP, type Plan, planOf } from './options.ts'
import { profileSystems } from './profiling.ts'
import { writeReport } from './report/files.ts'
import { reportOf } from './report/report.ts'
import { findingText, goalText } from './report/table.ts'
import { runScenarios } from './run.ts'
import { missingFor } from './systems/catalogue.ts'

const EXIT_FAULTS = 1

const say = (line: string) => console.log(line)

async function bench(plan: Plan, processes: Processes): Promise<number> {
  if (process.platform !== 'linux')
    throw new UsageError('the bench reads the CPU of processes from /proc: only on Linux')
  const skipped = plan.systems.flatMap((system) => {
    const reason = missingFor(system)
    return reason === undefined ? [] : [{ system, reason: `${system.name} is left out: ${reason}.` }]
  })
  for (const { reason } of skipped) say(reason)
  const { sizes, baseline, sweep } = plan
  const systems = plan.systems.filter((one) => !skipped.some(({ system }) => system === one))
  const context = { sizes, systems, baseline, sweep, processes, say }
  if (plan.profile) {
    await profileSystems(context, plan.scenarios, plan.directory)
    return 0
  }
  const results = await runScenarios(plan.scenarios, context)
  const report = reportOf(
    results,
    skipped.map(({ reason }) => reason),
  )
  for (const finding of report.findings) say(`\n${findingText(finding)}`)
  say('')
  for (const goal of report.findings.flatMap(({ goals }) => goals)) say(goalText(goal))
  say(`\n${report.machine}`)
  for (const path of writeReport(report, plan.directory)) say(path)
  const faults = report.findings.reduce((sum, finding) => sum + finding.faults, 0)
  if (faults > 0)
    say(`${faults} faults: text was lost, doubled or wrong, or requests failed. The figures are worth nothing.`)
  return faults > 0 ? EXIT_FAULTS : 0
}

await runMain('bench', async (processes) => {
  const plan = planOf(process.argv.slice(2))
  if (plan !== null) return bench(plan, processes)
  say(HELP)
  return 0
})
