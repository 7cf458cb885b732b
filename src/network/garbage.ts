import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** While V8 is thrifty it collects the old part of the heap once that has grown by so much since the last time. By itself it would let a small one grow fourfold. */
const THRIFTY_GROWTH_PERCENT = 30

/** What V8's garbage collector can be told. */
export interface Garbage {
  /** Collects the garbage of what was allocated last, in about a millisecond. */
  collectYoung(): void
  /** From its next collection of everything on V8 keeps less garbage of its own accord, or as much as it likes again. */
  setThrifty(isThrifty: boolean): void
}

type Collect = (options: { type: 'minor' }) => void

let collect: Collect | null = null

export const garbage: Garbage = {
  collectYoung() {
    collect ??= collector()
    collect({ type: 'minor' })
  },
  setThrifty(isThrifty) {
    setFlagsFromString(`--heap-growing-percent=${isThrifty ? THRIFTY_GROWTH_PERCENT : 0}`)
  },
}

/** Node gives its collector to nobody who does not ask V8 for it. */
function collector(): Collect {
  setFlagsFromString('--expose-gc')
  const exposed: Collect = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  return exposed
}
