/** The stack that this replica is part of, as `stack.json` has it (R2), and what the stage of the page does to it (W5). */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { BatonError } from '../protocol/errors.ts'

const processEntry = z.object({ port: z.number(), pid: z.number().int().min(2) })
const stackFile = z.object({
  redis: processEntry.optional(),
  model: processEntry.optional(),
  replicas: z.array(processEntry.extend({ id: z.string() })),
})
export type StackFile = z.infer<typeof stackFile>

/** `down` until it is started again; `starting` until it answers. */
export const STATES = ['up', 'starting', 'frozen', 'draining', 'down'] as const
export type State = (typeof STATES)[number]

export const SIGNALS = { kill: 'SIGKILL', freeze: 'SIGSTOP', drain: 'SIGTERM' } as const
export type Blow = keyof typeof SIGNALS

/** A replica on this machine answers within this time unless it hangs. */
const PROBE_MS = 400

/** Throws `overloaded` where no stack runs: between two of them, or because this replica was started alone. */
export function readStackFile(path: string): StackFile {
  try {
    return stackFile.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    throw new BatonError('overloaded', 'there is no stack.json in DATA_DIR: npm start writes it')
  }
}

/** Whether a process runs, by what the kernel says of it. */
export function stateOfProcess(pid: number): 'up' | 'frozen' | 'down' {
  const state = /^State:\s+(\w)/m.exec(readStatus(pid))?.[1]
  if (state === undefined || state === 'Z' || state === 'X') return 'down'
  return state === 'T' || state === 't' ? 'frozen' : 'up'
}

/** A process that runs may still be starting, or already leaving: `/readyz` tells. */
export async function stateOfReplica(
  { pid, port }: { readonly pid: number; readonly port: number },
  basePath: string,
): Promise<State> {
  const state = stateOfProcess(pid)
  if (state !== 'up') return state
  try {
    const response = await fetch(`http://127.0.0.1:${port}${basePath}/readyz`, {
      signal: AbortSignal.timeout(PROBE_MS),
    })
    await response.body?.cancel()
    return response.ok ? 'up' : 'draining'
  } catch (error) {
    const isBusy = error instanceof Error && error.name === 'TimeoutError'
    return isBusy ? stateOfProcess(pid) : 'starting'
  }
}

/** False where the process has already gone. */
export function strike(pid: number, blow: Blow): boolean {
  try {
    return process.kill(pid, SIGNALS[blow])
  } catch {
    return false
  }
}

function readStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}
