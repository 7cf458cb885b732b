/** The stage's routes beside the page, wherever that is mounted, as the page calls them: any of these requests may meet a replica that is frozen or dying. */
import type { Blow } from './incident.ts'

/** `silent`: it does not answer. `unknown`: nobody answers who could tell. */
export type ProcessState = 'up' | 'starting' | 'frozen' | 'draining' | 'down' | 'silent' | 'unknown'
export interface StackProcess {
  readonly pid: number
  readonly state: ProcessState
}
/** What `GET /demo/stack` says. */
export interface StackState {
  readonly replicas: readonly (StackProcess & { readonly id: string })[]
  readonly redis: StackProcess | null
  readonly model: StackProcess | null
  /** Null where the replica that was asked does not know. */
  readonly answer: { readonly owner: string | null } | null
}

/** A healthy replica answers well within it; the next request goes to another one. */
const PATIENCE_MS = 1200
const TRIES = 8
const PAUSE_MS = 100

/** Rejects where the replica that was asked does not answer. */
export async function fetchStack(sessionId: string | null): Promise<StackState> {
  const query = sessionId === null ? '' : `?session=${sessionId}`
  const response = await fetch(`demo/stack${query}`, { signal: AbortSignal.timeout(PATIENCE_MS) })
  if (!response.ok) throw new Error(`GET /demo/stack: ${response.status}`)
  return response.json()
}

/** `path` as in `replicas/r1/kill`. Names the process, so that trying again strikes no other. Rejects where nobody would do it. */
export async function strike(path: `replicas/${string}/${Blow}` | 'redis/kill', pid: number): Promise<void> {
  for (let left = TRIES; ; left--) {
    try {
      const response = await fetch(`demo/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ pid }),
        signal: AbortSignal.timeout(PATIENCE_MS),
      })
      if (response.ok) return
      throw new Error(`${response.status}`)
    } catch (error) {
      if (left <= 1) throw error
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  }
}
