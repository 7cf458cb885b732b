import { once } from 'node:events'
import { WebSocket } from 'ws'

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

/** For Node.js, so that `Profiler` can connect to it. */
export const INSPECTABLE = '--inspect=127.0.0.1:0'
const SAMPLE_US = 400

/** The address that a process started with `INSPECTABLE` prints; undefined for any other line. */
export function inspectorIn(line: string): string | undefined {
  return /^Debugger listening on (ws:\S+)/.exec(line)?.[1]
}

/** Records what a process does, over its inspector. */
export class Profiler {
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

  static async connect(url: string): Promise<Profiler> {
    const socket = new WebSocket(url, { perMessageDeflate: false })
    await once(socket, 'open')
    return new Profiler(socket)
  }

  async start(): Promise<void> {
    await this.#call('Profiler.enable')
    await this.#call('Profiler.setSamplingInterval', { interval: SAMPLE_US })
    await this.#call('Profiler.start')
  }

  async stop(): Promise<CpuProfile> {
    const { profile } = (await this.#call('Profiler.stop')) as { profile: CpuProfile }
    this.#socket.terminate()
    return profile
  }

  #call(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.#calls
    const answer = new Promise((resolve) => this.#waiting.set(id, resolve))
    this.#socket.send(JSON.stringify({ id, method, params }))
    return answer
  }
}
