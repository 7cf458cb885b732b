import type { ReplicaFacts, ReplicaReport } from '../ports/report.ts'
import { type AdminSession, type AdminState, reportSchema } from '../protocol/admin.ts'
import { ERROR_CODES, type ErrorCode } from '../protocol/errors.ts'
import type { Message, SessionInfo } from '../protocol/message.ts'
import { replicaOf } from '../session/address.ts'
import { statsTold } from './session-replies.ts'

/** A report that tells of its process. The schema has to have all that is in it: what it lacks would be dropped. */
type Report = ReplicaReport & { readonly process: ReplicaFacts }

/** What the replicas say of themselves, as one state. What one says that is no report counts as nothing said (X6). */
export function stateOf(told: ReadonlyMap<string, unknown>, replica: string): AdminState {
  const now = Date.now()
  const reports = new Map([...told].map(([address, said]) => [address, reportIn(said)]))
  const spoke = [...reports.values()].filter((report) => report !== null)
  return {
    now,
    replica,
    replicas: [...reports].sort(byAddress).map(([address, report]) => ({
      id: replicaOf(address),
      address,
      report: report === null ? null : { ...report.process, answers: report.answers },
    })),
    answers: spoke.flatMap((report) => runningOf(report, now)).sort((one, other) => other.ageMs - one.ageMs),
    takeovers: spoke
      .flatMap(({ address, takeovers }) => takeovers.map((takeover) => ({ ...takeover, to: address })))
      .sort((one, other) => other.at - one.at),
  }
}

function reportIn(said: unknown): Report | null {
  return reportSchema.safeParse(said).data ?? null
}

function byAddress([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one.localeCompare(other, 'en', { numeric: true })
}

function runningOf({ address, running }: Report, now: number) {
  return running.map(({ startedAt, ...answer }) => ({
    ...answer,
    owner: replicaOf(address),
    ageMs: Math.max(0, now - startedAt),
  }))
}

/** A session without what is said in it. */
export function factsOf(
  session: SessionInfo & { readonly sizeBytes: number },
  owner: string | null,
  messages: readonly Message[],
): AdminSession {
  return {
    ...statsTold(session),
    owner,
    messages: messages.map(({ id, seq, role, status, attempt, createdAt, content, metadata }) => ({
      id,
      seq,
      role,
      status,
      attempt,
      created_at: createdAt,
      characters: content.length,
      error: errorIn(metadata.error),
      replicas: Array.isArray(metadata.replicas) ? metadata.replicas.map(String) : [],
    })),
  }
}

function errorIn(error: unknown): ErrorCode | null {
  const code = (error as { code?: unknown } | undefined)?.code
  return ERROR_CODES.find((known) => known === code) ?? null
}
