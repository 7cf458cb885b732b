import type { Operators } from './access/operators.ts'
import { ReplayGuard } from './access/replay-guard.ts'
import type { Gateway } from './gateway/server.ts'
import type { createLog } from './observability/log.ts'
import type { Build } from './ports/build.ts'
import type { Load } from './ports/load.ts'
import type { Log } from './ports/log.ts'
import { type Operated, type Order, orderText, type ReplicaFacts } from './ports/report.ts'
import { LOG_LEVELS } from './protocol/operators.ts'

type Logger = ReturnType<typeof createLog>

export interface OperatedParts {
  readonly address: string
  readonly build: Build
  readonly operators: Operators
  readonly log: Logger
  readonly audit: Log
  readonly gateway: Gateway
  readonly load: Load
  /** As it is at the moment. */
  readonly status: { readonly draining: boolean; readonly lagMs: number }
  readonly held: () => Pick<ReplicaFacts, 'backend' | 'heldSessions' | 'heldBytes' | 'heldMaxBytes'>
}

/** This process, for operators: what it says of itself, and how it obeys. */
export function createOperated(parts: OperatedParts): Operated {
  const { address, build, operators, log, audit, gateway, load, status, held } = parts
  const startedAt = Date.now()
  const guard = new ReplayGuard(Date.now)
  let isDrainOrdered = false
  const drain = () => {
    if (isDrainOrdered || status.draining) return // a second SIGTERM would end it at once
    isDrainOrdered = true
    setImmediate(() => process.kill(process.pid, 'SIGTERM')) // whoever gave the order is to be told first
  }
  return {
    facts: () => ({
      ...build,
      startedAt,
      draining: status.draining,
      logLevel: log.level,
      connections: gateway.connections,
      lagMs: Math.round(status.lagMs),
      loopUtilisation: Math.round(load.utilisation() * 100) / 100,
      memoryBytes: process.memoryUsage.rss(),
      ...held(),
    }),
    obey(order, id) {
      const { act, value, by, at, proof } = order
      const isSigned = operators.hasSigned(by, orderText(address, id, order), proof)
      const isGood = isSigned && canObey(act, value) && guard.accepts(id, at)
      audit.info({ audit: isGood ? act : 'refused', by, target: address, order: act, value }, 'audit')
      if (!isGood) return false
      if (act === 'drain') drain()
      else log.level = value
      return true
    },
  }
}

function canObey(act: Order['act'], value: string): boolean {
  return act === 'drain' || LOG_LEVELS.some((level) => level === value)
}
