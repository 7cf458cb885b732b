import { cpuOfMachine } from './lib/cpu.ts'
import type { Finding } from './report/finding.ts'
import type { Bench, Scenario } from './scenarios/scenario.ts'

/** What the scenarios found, and how it went. */
export interface Results {
  readonly findings: readonly Finding[]
  readonly seconds: number
}

/** Runs one scenario after another, and says how far it is and how long it will take. */
export async function runScenarios(scenarios: readonly Scenario[], bench: Bench): Promise<Results> {
  const { sizes, systems, say } = bench
  const startedAt = Date.now()
  const elapsed = () => (Date.now() - startedAt) / 1000
  const estimates = scenarios.map((scenario) => scenario.seconds(sizes, systems))
  const left = (from: number) => estimates.slice(from).reduce((sum, seconds) => sum + seconds, 0)
  say(`${scenarios.length} scenarios, about ${minutes(left(0))}. Ctrl-C ends it.`)
  const findings: Finding[] = []
  for (const [i, scenario] of scenarios.entries()) {
    say(`\n[${i + 1}/${scenarios.length}] ${scenario.name}: ${scenario.title} (${minutes(left(i))} left)`)
    const from = { cpu: cpuOfMachine(), at: elapsed() }
    findings.push(...(await scenario.run(bench)))
    const took = elapsed() - from.at
    const cores = (cpuOfMachine() - from.cpu) / 1e6 / took
    say(`  ${took.toFixed(0)} s, ${cores.toFixed(1)} cores of the machine in use`)
  }
  return { findings, seconds: elapsed() }
}

function minutes(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${(seconds / 60).toFixed(1)} min`
}
