/** `npm run chaos -- --seed S --minutes M`: breaks everything at random for a while, and checks that nobody noticed. */
import { parseArgs } from 'node:util'
import { FAULTS, type FaultName } from './chaos/faults.ts'
import { runLab, UNDISTURBED_REDIS } from './chaos/lab.ts'
import { progressLine, reportOf } from './chaos/report.ts'
import { isTwin, TWINS, twinProgram } from './twins.ts'

const usage = `npm run chaos -- [options]

Conversations over nginx and single replicas, while replicas, Redis, nginx, the provider and clients are killed, frozen,
cut off and restarted at random. Exits 1 where a message, a character or an answer was lost, doubled or changed.

  --seed N             chooses the faults (default: a random one, which is printed)
  --minutes M          how long (default 1)
  --replicas N         3
  --conversations N    4, each with one who asks and one who watches
  --every MS           between two faults, on average: 700
  --api NAME           chat | responses (default: chat)
  --resume NAME        LLM_RESUME: auto, continue, restart
  --redis              Redis is killed, frozen and cut off as well
  --faults A,B         only these: ${FAULTS.join(', ')}
  --twin NAME          with a protection switched off, so that violations have to be found: ${TWINS.join(', ')}
  --help
`

class UsageError extends Error {}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      minutes: { type: 'string', default: '1' },
      replicas: { type: 'string', default: '3' },
      conversations: { type: 'string', default: '4' },
      every: { type: 'string', default: '700' },
      api: { type: 'string', default: 'chat' },
      resume: { type: 'string', default: 'auto' },
      redis: { type: 'boolean', default: false },
      faults: { type: 'string' },
      twin: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return console.log(usage)
  const { twin } = values
  if (twin !== undefined && !isTwin(twin)) throw new UsageError(`--twin: one of ${TWINS.join(', ')}`)
  const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 32) : numberOf('seed', values.seed)
  const startedAt = performance.now()
  const elapsed = () => (performance.now() - startedAt) / 1000
  console.log(`--seed ${seed}`)
  const totals = await runLab({
    seed,
    seconds: 60 * numberOf('minutes', values.minutes),
    replicas: numberOf('replicas', values.replicas),
    conversations: numberOf('conversations', values.conversations),
    everyMs: numberOf('every', values.every),
    env: { LLM_API: values.api, LLM_RESUME: values.resume },
    faults:
      values.faults === undefined ? (values.redis ? FAULTS : UNDISTURBED_REDIS) : values.faults.split(',').map(faultOf),
    roundSeconds: 30,
    onRound: (soFar) => console.log(progressLine(soFar, elapsed())),
    ...(twin === undefined ? {} : { program: twinProgram(twin) }),
  })
  console.log(`\n${reportOf(totals)}`)
  process.exitCode = totals.violations.length === 0 ? 0 : 1
}

function numberOf(name: string, value: string): number {
  const number = Number(value)
  if (!Number.isFinite(number) || number < 0) throw new UsageError(`--${name}: a number, not ${JSON.stringify(value)}`)
  return number
}

function faultOf(name: string): FaultName {
  const fault = FAULTS.find((one) => one === name.trim())
  if (fault === undefined) throw new UsageError(`--faults: ${JSON.stringify(name)} is none of ${FAULTS.join(', ')}`)
  return fault
}

main().catch((error: unknown) => {
  const isUsage = error instanceof UsageError || (error instanceof TypeError && 'code' in error)
  console.error(isUsage ? `${(error as Error).message}\n\n${usage}` : error)
  process.exitCode = 1
})
