import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fstatSync, mkdirSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'

const PROGRAMS = ['Xvfb', 'dbus-daemon', 'openbox', 'orca', 'xdotool', process.env.CHROMIUM ?? 'chromium']
const PACKAGES = 'orca at-spi2-core xvfb dbus openbox xdotool chromium'
/** Orca's log is the only place that holds what it says; it is to be whole at any time. */
const CUSTOMIZATIONS = 'from orca import debug\ndebug.debugFile.reconfigure(line_buffering=True)\n'
const SPOKEN = /SPEECH OUTPUT: '(.*?)'(?: voice=\w+)?(?: ?\[?\{|\n)/gs

/** A desktop that nobody sees, with Orca on it. It has no voice: what Orca would say is read from its log. */
export class Desktop {
  readonly env: NodeJS.ProcessEnv
  readonly #home: string
  readonly #children: ChildProcess[] = []
  #log = -1
  #read = 0

  /** Rejects with what to install where something is missing. */
  static async start(): Promise<Desktop> {
    const missing = PROGRAMS.filter((name) => spawnSync('which', [name]).status !== 0)
    if (missing.length > 0) {
      throw new Error(`missing: ${missing.join(', ')}\napt-get install --no-install-recommends ${PACKAGES}`)
    }
    const desktop = new Desktop(mkdtempSync(join(tmpdir(), 'baton-screen-reader-')))
    try {
      await desktop.#start()
    } catch (error) {
      await desktop.stop()
      throw error
    }
    return desktop
  }

  private constructor(home: string) {
    this.#home = home
    const { PATH } = process.env
    // The last one keeps Orca from starting a speech server, which hangs on a machine without sound.
    const places = { HOME: home, XDG_RUNTIME_DIR: home, SPEECHD_ADDRESS: 'unix_socket:/dev/null/none' }
    this.env = { PATH, ...places, LC_ALL: 'C.UTF-8', ACCESSIBILITY_ENABLED: '1', GNOME_ACCESSIBILITY: '1' }
  }

  async #start(): Promise<void> {
    this.env.DISPLAY = `:${await this.#run('Xvfb', '-displayfd', '1', '-screen', '0', '1280x900x24', '-nolisten', 'tcp')}`
    this.env.DBUS_SESSION_BUS_ADDRESS = await this.#run('dbus-daemon', '--session', '--nofork', '--print-address')
    this.#spawn('openbox')
    const settings = join(this.#home, '.local/share/orca')
    mkdirSync(settings, { recursive: true })
    writeFileSync(join(settings, 'orca-customizations.py'), CUSTOMIZATIONS)
    const log = join(this.#home, 'orca.log')
    this.#log = openSync(log, 'a+')
    this.#spawn('orca', '--disable', 'key-echo,braille', '--debug-file', log)
    while (!this.heard().includes('Screen reader on.')) await pause(100)
  }

  #spawn(command: string, ...args: string[]): ChildProcess {
    const child = spawn(command, args, { env: this.env, stdio: ['ignore', 'pipe', 'ignore'] })
    this.#children.push(child)
    return child
  }

  /** Resolves with the first line that it prints. */
  async #run(command: string, ...args: string[]): Promise<string> {
    const [line] = await once(this.#spawn(command, ...args).stdout as Readable, 'data')
    return String(line).trim()
  }

  /** Presses these keys, as X names them, one after the other. */
  press(...keys: string[]): void {
    execFileSync('xdotool', ['key', '--delay', '40', ...keys], { env: this.env })
  }

  type(text: string): void {
    execFileSync('xdotool', ['type', '--delay', '25', text], { env: this.env })
  }

  /** What was said since the last time. */
  heard(): string[] {
    const { size } = fstatSync(this.#log)
    const bytes = Buffer.alloc(size - this.#read)
    readSync(this.#log, bytes, 0, bytes.length, this.#read)
    this.#read = size
    return [...bytes.toString().matchAll(SPOKEN)].map(([, words = '']) => words)
  }

  /** Resolves once Orca has nothing more to do, or after `mostMs`. */
  async settled(mostMs: number): Promise<void> {
    const deadline = performance.now() + mostMs
    let size = -1
    while (fstatSync(this.#log).size !== size && performance.now() < deadline) {
      size = fstatSync(this.#log).size
      await pause(1200)
    }
  }

  async stop(): Promise<void> {
    for (const child of this.#children.reverse()) {
      const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : null
      child.kill('SIGKILL')
      await ended
    }
    if (this.#log !== -1) closeSync(this.#log)
    rmSync(this.#home, { recursive: true, force: true, maxRetries: 5 })
  }
}
