import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Of the Debian package faketime, where that is installed. */
const [library] = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1')

/** Whether clocks can be set on this machine. */
export const clocksCanBeSet = library !== undefined

/** The time of day of one process, as somebody sets it. Durations do not notice. */
export class StepClock {
  readonly #directory = mkdtempSync(join(tmpdir(), 'baton-clock-'))
  readonly #file = join(this.#directory, 'clock')

  constructor() {
    this.step(0)
  }

  /** Settings of the process. */
  get env(): Record<string, string> {
    return {
      LD_PRELOAD: library ?? '',
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    }
  }

  /** From now on it is off by so many hours. */
  step(hours: number): void {
    writeFileSync(this.#file, `${hours < 0 ? '' : '+'}${hours}h`)
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true, force: true })
  }
}
