// npm run scale: what docs/scale.md is made of.
import { parseArgs } from 'node:util'
import { Fleet } from '../../test/simulation/fleet.ts'
import { Processes } from '../bench/lib/processes.ts'
import { idleSocketCost } from './idle-sockets.ts'
import { modelTable, mostAnswersOfOneRedis } from './model.ts'
import { redisCosts } from './redis-costs.ts'
import { sharesOf } from './rendezvous.ts'

const FLEETS = [10, 100, 500]
/** Answers of one replica that dies. */
const ANSWERS = 250
const SEED = 1

const us = (value: number) => `${value.toFixed(2)} µs`
const ms = (value: number) => `${Math.round(value)} ms`

const parts: Readonly<Record<string, (processes: Processes) => Promise<void>>> = {
  async sockets(processes) {
    console.log(`an idle socket: ${us(await idleSocketCost(processes))} of CPU a second`)
  },
  async redis(processes) {
    const { append, delivery, address, look } = await redisCosts(processes)
    for (const [together, cost] of append) console.log(`an append, ${together} in a call: ${us(cost)} of Redis`)
    for (const [count, cost] of delivery) console.log(`a delivery to one of ${count} subscribers: ${us(cost)} of Redis`)
    for (const [count, cost] of address) console.log(`an address of a set of ${count}: ${us(cost)} of Redis`)
    console.log(`a look at two neighbours: ${us(look)} of Redis`)
  },
  async fleet() {
    for (const replicas of FLEETS) {
      const { calls, addresses, killed, frozen, scatteredMs, adjacentMs, messages, mistaken } = await new Fleet(
        replicas,
        SEED,
      ).play()
      const asked = Object.values(calls).reduce((sum, count) => sum + count, 0)
      sharesOf(replicas, ANSWERS) // V8 learns it
      const { us: hash, most } = sharesOf(replicas, ANSWERS)
      console.log(
        `${replicas} replicas: ${asked} calls and ${addresses} addresses a second; killed known after ${ms(killed.lastMs)}, frozen ${ms(frozen.lastMs)}, ` +
          `a tenth ${ms(scatteredMs)}, a tenth side by side ${ms(adjacentMs)}; ${messages} messages a death, ${mistaken} mistaken; ` +
          `rendezvous ${us(hash)} a session, most ${most.toFixed(1)} of the mean of ${(ANSWERS / (replicas - 1)).toFixed(1)}`,
      )
    }
  },
  async model() {
    for (const line of modelTable()) console.log(line)
    console.log(`one Redis carries ${mostAnswersOfOneRedis()} running answers`)
  },
}

const USAGE = `npm run scale [-- <part> …]

What docs/scale.md is made of: all of it, or the parts that are named, of ${Object.keys(parts).join(', ')}.
`
const EXIT_USAGE = 2

/** The parts that the command line names; null where it asks for help. Throws what is wrong with it. */
function readParts(): string[] | null {
  const options = { help: { type: 'boolean' } } as const
  const { values, positionals } = parseArgs({ options, allowPositionals: true })
  const unknown = positionals.find((name) => !Object.hasOwn(parts, name))
  if (unknown !== undefined) throw new Error(`There is no part ${unknown}.`)
  if (values.help) return null
  return positionals.length > 0 ? positionals : Object.keys(parts)
}

const processes = new Processes()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => processes.interrupt())
let named: string[] | null = null
try {
  named = readParts()
  if (named === null) console.log(USAGE)
} catch (error) {
  console.error(`${(error as Error).message}\n\n${USAGE}`)
  process.exitCode = EXIT_USAGE
}
try {
  for (const name of named ?? []) await parts[name]?.(processes)
} finally {
  await processes.stopAll()
}
