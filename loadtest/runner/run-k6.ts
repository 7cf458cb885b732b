import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import type { K6 } from './k6.ts'

/** What k6 exits with where a threshold was missed and nothing else went wrong. */
const THRESHOLD_MISSED = 99

export interface Outcome {
  readonly verdict: 'passed' | 'missed a threshold' | 'did not run to its end'
  /** The HTML report; null where k6 wrote none. */
  readonly report: string | null
}

/**
 * Runs a script of loadtest/k6 with `settings` as its `__ENV`, its output to this process's, its report to that file. Aborting `quit` ends it in
 * good order, report included; `hurry` at once.
 */
export async function runK6(
  root: string,
  { command, args }: K6,
  scenario: string,
  settings: Readonly<Record<string, string>>,
  report: string,
  quit: AbortSignal,
  hurry: AbortSignal,
): Promise<Outcome> {
  mkdirSync(dirname(report), { recursive: true })
  rmSync(report, { force: true })
  const environment = {
    K6_WEB_DASHBOARD: 'true',
    K6_WEB_DASHBOARD_PORT: '-1',
    K6_WEB_DASHBOARD_PERIOD: '1s',
    K6_WEB_DASHBOARD_EXPORT: report,
    XK6_DASHBOARD_CONFIG: join(root, 'loadtest/k6/dashboard.json'),
    K6_NO_USAGE_REPORT: 'true',
  }
  const variables = Object.entries(settings).flatMap(([name, value]) => ['-e', `${name}=${value}`])
  const quiet = process.stdout.isTTY ? [] : ['--quiet']
  const script = join(root, 'loadtest/k6', `${scenario}.ts`)
  const child = spawn(command, [...args(environment), 'run', ...quiet, ...variables, script], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true, // Ctrl-C is the runner's to pass on
  })
  const stop = (): void => void child.kill('SIGINT') // a second one ends k6 without a report
  for (const signal of [quit, hurry]) {
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
  }
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (status, signal) => resolve(status ?? 128 + constants.signals[signal ?? 'SIGKILL']))
    })
    const verdict = code === 0 ? 'passed' : code === THRESHOLD_MISSED ? 'missed a threshold' : 'did not run to its end'
    return { verdict, report: existsSync(report) ? report : null }
  } finally {
    for (const signal of [quit, hurry]) signal.removeEventListener('abort', stop)
  }
}
