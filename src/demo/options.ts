import { parseArgs } from 'node:util'

/** What befalls the replica that writes the answer. */
export const FAULTS = {
  kill: { signal: 'SIGKILL', words: 'killed with SIGKILL' },
  freeze: { signal: 'SIGSTOP', words: 'frozen with SIGSTOP' },
  drain: { signal: 'SIGTERM', words: 'asked to go with SIGTERM' },
} as const
export type Fault = keyof typeof FAULTS

export interface DemoOptions {
  readonly question: string
  readonly fault: Fault
  readonly help: boolean
}

/** Arguments that cannot be used; the message says which. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const QUESTION = 'What happens when a replica is killed in the middle of an answer?'

export const usage = `npm run demo: an answer outlives the process that writes it.

Starts Redis, three replicas, nginx and the demo model, asks a question, kills the replica that answers in the middle of
it, shows another one go on, and checks that the text is whole.

  npm run demo -- [options] [question]

  --freeze     freeze the replica (SIGSTOP) instead of killing it
  --drain      ask it to go (SIGTERM) instead
  --help       this

Settings are environment variables: LLM_API=chat|responses, LLM_RESUME, LLM_CONTINUE=instruct|prefix|vllm, LEASE_MS,
DEMO_TOKENS_PER_SECOND (default here 60), NO_COLOR=1. No other setting counts here.

Exit code: 0 the answer came whole, 1 it did not or could not be tried, 2 a wrong option, 130 stopped by Ctrl-C.
`

/** Reads the command line. Throws `UsageError`. */
export function readOptions(args: readonly string[]): DemoOptions {
  const options = {
    freeze: { type: 'boolean' },
    drain: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  } as const
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    if (values.freeze && values.drain) throw new UsageError('--freeze and --drain exclude each other')
    return {
      question: positionals.join(' ').trim() || QUESTION,
      fault: values.freeze ? 'freeze' : values.drain ? 'drain' : 'kill',
      help: values.help ?? false,
    }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
