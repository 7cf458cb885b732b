import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { StageOptions } from '../stage.ts'

/** A V8 CPU profile, as far as it is read here. Times are in microseconds. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}
export interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  readonly children?: readonly number[]
}

const INSPECTABLE = ['--inspect=127.0.0.1:0', '--expose-gc']
const SAMPLE_US = 400

/** How to start so many replicas that their inspectors can be had, in the order of the replicas. */
export function inspectable(replicas = 1): { options: StageOptions; inspectors: () => Promise<Inspector[]> } {
  const addresses = Array.from({ length: replicas }, () => Promise.withResolvers<string>())
  const onLine = (line: string, replica: number) => {
    const url = /^Debugger listening on (ws:\S+)/.exec(line)?.[1]
    if (url !== undefined) addresses[replica]?.resolve(url)
  }
  return {
    options: { nodeOptions: INSPECTABLE, onLine },
    inspectors: () => Promise.all(addresses.map(async ({ promise }) => Inspector.connect(await promise))),
  }
}

/** A process's inspector. */
export class Inspector {
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, (result: unknown) => void>()
  #calls = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data) => {
      const { id, result } = JSON.parse(String(data))
      this.#waiting.get(id)?.(result)
    })
  }

  static async connect(url: string): Promise<Inspector> {
    const socket = new WebSocket(url, { perMessageDeflate: false })
    await once(socket, 'open')
    return new Inspector(socket)
  }

  /** Collects garbage, so that what is left is what is held. */
  async collectGarbage(): Promise<void> {
    await this.#call('HeapProfiler.collectGarbage')
  }

  /** As V8 does by itself now and then: what was compiled stays, which `collectGarbage` throws away. */
  async sweep(): Promise<void> {
    await this.#call('Runtime.evaluate', { expression: 'gc()' })
  }

  /** Of V8's heap, what is in use, in bytes. */
  async heapUsed(): Promise<number> {
    const { usedSize } = (await this.#call('Runtime.getHeapUsage')) as { usedSize: number }
    return usedSize
  }

  async start(): Promise<void> {
    await this.#call('Profiler.enable')
    await this.#call('Profiler.setSamplingInterval', { interval: SAMPLE_US })
    await this.#call('Profiler.start')
  }

  async stop(): Promise<CpuProfile> {
    const { profile } = (await this.#call('Profiler.stop')) as { profile: CpuProfile }
    return profile
  }

  close(): void {
    this.#socket.terminate()
  }

  #call(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#calls
    const answer = new Promise((resolve) => this.#waiting.set(id, resolve))
    this.#socket.send(JSON.stringify({ id, method, params }))
    return answer
  }
}
