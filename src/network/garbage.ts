import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** The old part of the heap is collected once it has grown by so much since the last time. V8 would let a small one grow fourfold. */
const GROWTH_PERCENT = 30

type Collect = (options: { type: 'minor' }) => void

let collect: Collect | null = null

/** Has V8 keep less garbage of its own accord: what large replies leave (X6) would else come to some hundred MiB. For the process's start. */
export function keepLittleGarbage(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`)
}

/** Collects the garbage of what was allocated last, in about a millisecond. Node gives its collector to nobody who does not ask V8 for it. */
export function collectYoung(): void {
  collect ??= collector()
  collect({ type: 'minor' })
}

function collector(): Collect {
  setFlagsFromString('--expose-gc')
  const exposed: Collect = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  return exposed
}
