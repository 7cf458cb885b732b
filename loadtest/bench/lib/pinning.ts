import type { ChildProcess } from 'node:child_process'
import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { familyOf } from './cpu.ts'
import { type Processes, pidOf } from './processes.ts'

/** Why processes cannot be bound to cores here; undefined where they can. */
export function pinningIsMissing(): string | undefined {
  if (availableParallelism() < 2) return 'it takes two cores'
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'there is no taskset here (Debian: util-linux)'
  }
}

/** Leaves the first core to `some`, and all others to `rest`. */
export function separate(some: readonly ChildProcess[], rest: readonly ChildProcess[]): void {
  const most = availableParallelism() - 1
  for (const child of some) pin(child, '0')
  for (const child of rest) pin(child, `1-${most}`)
}

function pin(child: ChildProcess, cores: string): void {
  for (const pid of familyOf(pidOf(child))) {
    execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', cores, `${pid}`], { stdio: 'ignore' })
  }
}

/** A process that does nothing, as fast as it can: what shares a core with it gets half of that. */
export function startSpinning(processes: Processes): ChildProcess {
  return processes.start('a busy process', process.execPath, ['--eval', 'for (;;);'])
}
