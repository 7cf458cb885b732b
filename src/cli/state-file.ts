import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import type { StorageLike } from '../client/index.ts'

/** The client's storage as a JSON file that only its owner may read: the id of a session is the key to it. */
export class StateFile implements StorageLike {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  /** Where the conversations with the gateway at `url` are kept, by the XDG base directory specification. */
  static of(url: string, env: NodeJS.ProcessEnv): StateFile {
    const home = env.XDG_STATE_HOME || join(homedir(), '.local/state')
    const { host, pathname } = new URL(url)
    const place = (host + pathname.replace(/\/+$/, '')).replaceAll(/[^\w.-]/g, '_')
    return new StateFile(join(home, 'baton', `${place}.json`))
  }

  getItem(key: string): string | null {
    const value = this.#read()[key]
    return typeof value === 'string' ? value : null
  }

  setItem(key: string, value: string): void {
    this.#write({ ...this.#read(), [key]: value })
  }

  removeItem(key: string): void {
    const { [key]: _removed, ...rest } = this.#read()
    this.#write(rest)
  }

  #read(): Record<string, unknown> {
    try {
      const entries: unknown = JSON.parse(readFileSync(this.path, 'utf8'))
      return typeof entries === 'object' ? { ...entries } : {}
    } catch {
      return {} // not there yet, or no longer readable: a new conversation begins
    }
  }

  /** At once or not at all, whenever the process ends. */
  #write(entries: Record<string, unknown>): void {
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 })
    const next = `${this.path}.${process.pid}`
    writeFileSync(next, JSON.stringify(entries), { mode: 0o600 })
    renameSync(next, this.path)
  }
}
