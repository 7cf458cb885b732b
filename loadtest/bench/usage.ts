import { now } from './lib/clock.ts'
import { cpuOf, cpuOfMachine, familyOf } from './lib/cpu.ts'
import { pidOf } from './lib/processes.ts'
import type { Stage } from './stage.ts'

/** CPU by what it was used for, in microseconds. */
export interface Usage {
  readonly app: number
  /** Redis, or NATS. */
  readonly store: number
  readonly nginx: number
  readonly model: number
  readonly clients: number
  readonly bench: number
  readonly machine: number
}

/** All that the processes of a stage have used so far, and when, in milliseconds on the shared clock. */
export interface UsageAt extends Usage {
  readonly at: number
}

export function usageOf({ replicas, broker, front, helpers }: Stage): UsageAt {
  const used = (...children: ({ readonly pid?: number | undefined } | undefined)[]) =>
    children
      .filter((child) => child !== undefined)
      .flatMap((child) => familyOf(pidOf(child)))
      .reduce((sum, pid) => sum + cpuOf(pid), 0)
  const living = replicas.map(({ process: child }) => child).filter(({ signalCode }) => signalCode === null)
  return {
    app: used(...living),
    store: used(broker?.process),
    nginx: used(front?.process),
    model: used(helpers.model),
    clients: used(helpers.clients),
    bench: cpuOf(process.pid),
    machine: cpuOfMachine(),
    at: now(),
  }
}

/** CPU between two readings as shares of one core. */
export function coresBetween(from: UsageAt, to: UsageAt): Cores {
  const share = (of: keyof Usage) => (to[of] - from[of]) / 1000 / (to.at - from.at)
  const ours = share('app') + share('store') + share('nginx') + share('model') + share('clients') + share('bench')
  return {
    app: share('app'),
    store: share('store'),
    nginx: share('nginx'),
    model: share('model'),
    clients: share('clients'),
    others: Math.max(0, share('machine') - ours),
  }
}

/** As a share of one core; `others` is all that is not the bench. */
export type Cores = Readonly<Record<'app' | 'store' | 'nginx' | 'model' | 'clients' | 'others', number>>

/** CPU between two readings by `pieces` of work, in microseconds each. */
export interface Cost {
  readonly app: number
  readonly store: number
  readonly nginx: number
  readonly all: number
}

export function costBetween(from: Usage, to: Usage, pieces: number): Cost {
  const each = (of: keyof Usage) => (to[of] - from[of]) / pieces
  const [app, store, nginx] = [each('app'), each('store'), each('nginx')]
  return { app, store, nginx, all: app + store + nginx }
}
