// npm run scale: what docs/scale.md is made of.
import { once } from 'node:events'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { readUsage, refuse } from '../../deploy/usage.mjs'
import type { Processes } from '../bench/lib/processes.ts'
import { runMain } from '../bench/lib/run-main.ts'
import { idleSocketCost } from './idle-sockets.ts'
import { modelTable, mostAnswersOfOneRedis } from './model.ts'
import { redisCosts } from './redis-costs.ts'

const us = (value: number) => `${value.toFixed(2)} µs`

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
    // The simulation takes no turn of the event loop: here nobody would hear Ctrl-C.
    await once(new Worker(join(import.meta.dirname, 'fleets.ts')), 'exit')
  },
  async model() {
    for (const line of modelTable()) console.log(line)
    console.log(`one Redis carries ${mostAnswersOfOneRedis()} running answers`)
  },
}

const USAGE = `npm run scale [-- <part> …]

What docs/scale.md is made of: all of it, or the parts that are named, of ${Object.keys(parts).join(', ')}.

Exit code: 0 all was measured, 1 something failed, 2 there is no such part, 130 stopped by Ctrl-C.
`
const { positionals } = readUsage(USAGE, { most: Object.keys(parts).length })
const unknown = positionals.find((name) => !Object.hasOwn(parts, name))
if (unknown !== undefined) refuse(`There is no part ${unknown}.`, USAGE)

await runMain('scale', async (processes) => {
  for (const name of positionals.length > 0 ? positionals : Object.keys(parts))
    await processes.during(parts[name]?.(processes) ?? Promise.resolve())
  return 0
})
