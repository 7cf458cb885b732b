import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach } from 'vitest'
import { Terminal } from './terminal.ts'

export const BATON = join(import.meta.dirname, '../../dist/baton.js')

export interface Ended {
  code: number
  out: string
  err: string
}

/** The command `baton`, for the tests of a file: each has a state folder of its own, and what it leaves running is ended. */
export class BatonProgram {
  home = ''
  readonly #running: { kill(): void }[] = []

  constructor() {
    beforeEach(() => {
      this.home = mkdtempSync(join(tmpdir(), 'baton-home-'))
    })
    afterEach(() => {
      for (const program of this.#running.splice(0)) program.kill()
      rmSync(this.home, { recursive: true, force: true })
    })
  }

  get env(): NodeJS.ProcessEnv {
    return { PATH: process.env.PATH ?? '', TERM: 'xterm-256color', XDG_STATE_HOME: this.home }
  }

  /** The program of this child is ended with the test. */
  own<C extends ChildProcess>(child: C): C {
    this.#running.push({ kill: () => child.kill('SIGKILL') })
    return child
  }

  /** `echo <input> | baton <args>`. */
  pipe(input: string, ...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
    const child = this.own(spawn(process.execPath, [BATON, ...args], { env: this.env }))
    const ended = Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]).then(
      ([[code], out, err]) => {
        return { code: code as number, out, err }
      },
    )
    child.stdin.on('error', () => {}) // some end before they read any of it
    child.stdin.end(input)
    return { child, ended }
  }

  /** A program at a terminal. */
  terminal(...program: string[]): Terminal {
    const opened = new Terminal(program, this.env)
    this.#running.push({ kill: () => opened.close() })
    return opened
  }
}
