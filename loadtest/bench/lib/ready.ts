import { setTimeout as sleep } from 'node:timers/promises'

const READY_MS = 20_000
const POLL_MS = 20

/** Resolves once `url` answers with a status of success. */
export async function untilAnswered(name: string, url: string): Promise<void> {
  await until(`${name} answers`, async () => (await fetch(url).catch(() => undefined))?.ok === true, READY_MS)
}

/** Resolves once `holds`; rejects with what was waited for where that takes longer than `limitMs`. */
export async function until(what: string, holds: () => Promise<boolean> | boolean, limitMs: number): Promise<void> {
  const deadline = Date.now() + limitMs
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${limitMs / 1000} s`)
    await sleep(POLL_MS)
  }
}
