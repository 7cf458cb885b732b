import { StoreFault, StoreUnavailable } from '../../ports/session-store.ts'

/** Replies by which Redis says that it cannot serve now, or not this user: they mend without the caller. */
const OUTAGE =
  /^(ASK|BUSY|CLUSTERDOWN|LOADING|MASTERDOWN|MISCONF|MOVED|NOAUTH|NOPERM|NOREPLICAS|NOSCRIPT|OOM|READONLY|TRYAGAIN|UNKILLABLE|WRONGPASS)\b/
/** The same of a Cluster, as Redis says it to a command inside a script. */
const SCRIPT_OUTAGE =
  /^ERR Script attempted to (execute a (write )?command while the cluster is down|access a non local key)/
/** A right that is missing inside a script, as Redis 7.0 and later ones say it. */
const DENIED = /^NOPERM |The user executing the script can't|ACL failure in script/

/** Redis's reply, or, whatever went wrong on the way, `StoreUnavailable` or `StoreFault` with the cause. */
export async function available<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply
  } catch (error) {
    throw unavailable(error)
  }
}

/** What an error of ioredis means to the port: anything but Redis's own word that the call is impossible is an outage. */
export function unavailable(error: unknown): StoreUnavailable | StoreFault {
  // ioredis leaves the command's arguments on its errors: what users wrote must not reach a log with them.
  if (error instanceof Error) Reflect.deleteProperty(error, 'command')
  if (error instanceof Error && error.name === 'ReplyError' && !isOutage(error)) {
    return new StoreFault(`Redis cannot carry a command out: ${error.message}`, { cause: error })
  }
  return new StoreUnavailable('Redis did not carry a command out', { cause: plain(error) })
}

/** What ioredis says in the terms of its own options, and what it means. */
const MEANINGS: readonly (readonly [words: RegExp, meaning: string])[] = [
  [
    /max retries per request|isn't writeable|^Connection is closed|^Command aborted due to connection close|^Cluster isn't ready/,
    'no connection',
  ],
  [/^Command timed out|^Socket timeout/, 'no reply'],
  [/^All sentinels are unreachable/, 'no Sentinel names a master that can be reached'],
]

/** Why Redis did not do something, for the log: in its own words, or the system's, where there are any. */
export function plainReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return MEANINGS.find(([words]) => words.test(message))?.[1] ?? message
}

function plain(error: unknown): unknown {
  const reason = plainReason(error)
  return error instanceof Error && error.message !== reason ? new Error(reason, { cause: error }) : error
}

function isOutage(error: Error): boolean {
  return OUTAGE.test(error.message) || SCRIPT_OUTAGE.test(error.message) || isDenied(error)
}

/** Whether Redis refused because its user lacks a right. */
export function isDenied(error: unknown): boolean {
  return error instanceof Error && DENIED.test(error.message)
}
