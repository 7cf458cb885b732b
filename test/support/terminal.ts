import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { stripVTControlCharacters } from 'node:util'
import { eventually } from './conditions.ts'

/** A program at a pseudo-terminal, by `script` of util-linux. */
export class Terminal {
  #written = ''
  readonly #script: ChildProcess
  readonly #ended: Promise<unknown[]>

  constructor(program: readonly string[], env: NodeJS.ProcessEnv) {
    // `exec`: a shell that stayed would die of the Ctrl-C that the program has handled.
    const command = `exec ${program.map((word) => `'${word}'`).join(' ')}`
    this.#script = spawn('script', ['-qfec', command, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'] })
    this.#ended = once(this.#script, 'exit')
    this.#script.stdin?.on('error', () => {}) // it may end before it has read all
    this.#script.stdout?.on('data', (bytes) => {
      this.#written += bytes
    })
  }

  /** All that was written so far, byte for byte. */
  get written(): string {
    return this.#written
  }

  /** All that was written so far, without colours, with plain ends of lines. */
  get screen(): string {
    return stripVTControlCharacters(this.#written).replaceAll('\r', '')
  }

  type(keys: string): void {
    this.#script.stdin?.write(keys)
  }

  /** Resolves once this is on the screen, not before `since`, with the place behind it. */
  async shows(text: string, since = 0): Promise<number> {
    await eventually(`the terminal shows ${text}`, () => this.screen.includes(text, since)).catch((error: Error) => {
      throw new Error(`${error.message}; it shows:\n${this.screen}`)
    })
    return this.screen.indexOf(text, since) + text.length
  }

  /** Resolves with the program's exit code. */
  async ended(): Promise<number> {
    const [code] = await this.#ended
    return code as number
  }

  close(): void {
    this.#script.kill('SIGKILL')
  }
}
