/** `npm run loadtest -- <scenario>`: runs k6 against a stack of its own, or against one that runs already. */
import { join } from 'node:path'
import { getK6, type K6, NoK6 } from './runner/k6.ts'
import { type Run, readOptions, UsageError, usage } from './runner/options.ts'
import { OwnStack } from './runner/own-stack.ts'
import { type Outcome, runK6 } from './runner/run-k6.ts'
import { Stagehand } from './runner/stagehand.ts'

const root = join(import.meta.dirname, '..')

/** npm hands on the SIGINT that the terminal has already sent: what comes so soon after the first is no second wish. */
const SAME_WISH_MS = 500

/** The first Ctrl-C ends the run in good order, a second one at once. */
interface Wishes {
  readonly quit: AbortSignal
  readonly hurry: AbortSignal
}

async function main(): Promise<void> {
  const runs = readOptions(process.argv.slice(2))
  if (runs === null) return console.log(usage)
  const wishes = hearWishes()
  const k6 = await getK6(root, console.log, wishes.quit)
  const results: string[] = []
  for (const run of runs) {
    const { verdict, report } = await perform(run, k6, wishes)
    if (verdict !== 'passed') process.exitCode = 1
    results.push(`${verdict === 'passed' ? '✓' : '✗'} ${run.name} ${verdict}. Report: ${report ?? 'none'}`)
    console.log(`\n${results.at(-1)}\n`)
    if (wishes.quit.aborted) break
  }
  if (results.length > 1) console.log(results.join('\n'))
  if (wishes.quit.aborted) process.exitCode = 130
}

/** One scenario, with a stack of its own around it where none is given. */
async function perform(run: Run, k6: K6, { quit, hurry }: Wishes): Promise<Outcome> {
  const stack = run.url === null ? new OwnStack(root, run.scenario.settings ?? {}) : null
  const stagehand = stack === null ? null : new Stagehand((replica) => stack.kill(replica), console.log)
  hurry.addEventListener('abort', () => stack?.hurry())
  try {
    await stack?.ready(quit)
    const url = run.url ?? stack?.url ?? ''
    const settings = {
      BATON_URL: url,
      BATON_REPLICAS: (stack?.replicas ?? [url]).join(','),
      BATON_STAGEHAND: (await stagehand?.listen()) ?? '',
      BATON_USERS: String(run.users),
      BATON_SECONDS: String(run.seconds),
      BATON_SLACK: String(run.slack),
      BATON_EXACT: stack === null ? '0' : '1',
    }
    console.log(`${run.name} with ${k6.source} against ${url}\n`)
    const report = run.report ?? join(root, 'artifacts', `loadtest-${run.name}.html`)
    return await runK6(root, k6, run.name, settings, report, quit, hurry)
  } finally {
    stagehand?.close()
    await stack?.stop()
  }
}

function hearWishes(): Wishes {
  const [quit, hurry] = [new AbortController(), new AbortController()]
  let toldAt = 0
  const tell = (): void => {
    if (!quit.signal.aborted) {
      toldAt = performance.now()
      console.log('\nStopping; Ctrl-C again to stop at once.')
      quit.abort()
    } else if (performance.now() - toldAt > SAME_WISH_MS) hurry.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, tell)
  return { quit: quit.signal, hurry: hurry.signal }
}

main().catch((error: unknown) => {
  if (error instanceof UsageError) {
    console.error(`${error.message}\n\n${usage}`)
    process.exitCode = 2
  } else if (error instanceof Error && error.name === 'AbortError') process.exitCode = 130
  else {
    console.error(error instanceof NoK6 ? error.message : error)
    process.exitCode = 1
  }
})
