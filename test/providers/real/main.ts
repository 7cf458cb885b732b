/** `npm run providers`: talks, stops, regenerations and a SIGKILL before real model servers that others wrote. */
import { readUsage, refuse } from '../../../deploy/usage.mjs'
import { CHECKS } from './checks.ts'
import { install, Unavailable } from './packages.ts'
import { SETUPS, type Setup } from './servers.ts'
import { Stage } from './stage.ts'
import { type Outcome, tableOf } from './table.ts'

const USAGE = `npm run providers -- [--only NAME,…] [--install]

Installs model servers that others wrote (into artifacts/providers), starts each on 127.0.0.1 with two gateways before it, and
tries a talk, a stop, a regeneration and a SIGKILL of the replica that owns an answer.

  --only A,B   setups whose name begins so: ${SETUPS.map(({ name }) => name).join('; ')}
  --install    only installs
  --help

Exit code: 0 all that could be had passed, 1 a check failed or nothing could be had,
2 a wrong option or a name that no setup begins with, 130 stopped by Ctrl-C.
`

const stop = new AbortController()
process.on('SIGINT', interrupt)
process.on('SIGTERM', interrupt)

/** The second time, whatever still runs is ended by the exit itself. */
function interrupt(): void {
  if (stop.signal.aborted) process.exit(130)
  console.log('\nEnding what is under way …')
  stop.abort(new Error('stopped'))
}

async function main(): Promise<void> {
  const { values } = readUsage(USAGE, { options: { only: { type: 'string' }, install: { type: 'boolean' } } })
  const wanted = (values.only?.split(',') ?? ['']).map(beginningWith)
  const setups = SETUPS.filter((setup) => wanted.some((some) => some.includes(setup)))
  const outcomes: Outcome[] = []
  for (const setup of setups) {
    if (stop.signal.aborted) break
    const outcome = await tryOut(setup, values.install === true)
    if (outcome !== null) outcomes.push(outcome)
  }
  console.log(`\n${tableOf(outcomes)}`)
  const results = outcomes.flatMap(({ results }) => Object.values(results ?? {}))
  const allPassed = results.length > 0 && results.every((result) => result === 'passed')
  // A check that was interrupted still waits for its answer: nobody waits for the check.
  process.exit(stop.signal.aborted ? 130 : allPassed || values.install === true ? 0 : 1)
}

function beginningWith(start: string): readonly Setup[] {
  const found = SETUPS.filter(({ name }) => name.toLowerCase().startsWith(start.trim().toLowerCase()))
  return found.length > 0 ? found : refuse(`--only ${start}: no setup begins so`, USAGE)
}

/** Null where it was interrupted. */
async function tryOut(setup: Setup, onlyInstall: boolean): Promise<Outcome | null> {
  try {
    await install(setup.package, stop.signal)
    if (onlyInstall) return { setup, skipped: 'it was only installed' }
    console.log(`\n${setup.name} ${setup.package.version}`)
    return { setup, results: await check(setup) }
  } catch (error) {
    if (stop.signal.aborted) return null
    if (!(error instanceof Unavailable)) throw error
    console.log(`${setup.name}: skipped, ${error.message}`)
    return { setup, skipped: error.message }
  }
}

async function check(setup: Setup): Promise<Record<string, string>> {
  const stage = await Stage.set(setup, stop.signal)
  const interrupted = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason), { once: true })
  })
  const results: Record<string, string> = {}
  try {
    for (const { name, run } of CHECKS) {
      const startedAt = performance.now()
      const problem = await Promise.race([run(stage, setup), interrupted]).then(
        () => null,
        (error: unknown) => error,
      )
      stop.signal.throwIfAborted()
      const problems = [...(problem === null ? [] : [String(problem)]), ...(await stage.tidy())]
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
      results[name] = problems.length === 0 ? 'passed' : 'failed'
      console.log(`  ${name}: ${results[name]} (${seconds} s)`)
      const remarks = stage.remarks()
      if (problems.length > 0) console.log([...problems, ...remarks].slice(0, 8).join('\n').replace(/^/gm, '    '))
    }
    return results
  } finally {
    await stage.strike()
  }
}

await main()
