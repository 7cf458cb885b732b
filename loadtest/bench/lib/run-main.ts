import { Interrupted, Processes } from './processes.ts'

const EXIT_USAGE = 2
const EXIT_INTERRUPTED = 130

/** The command line cannot be followed; the message says why. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Ends this process with the code that `main` gives, or by Ctrl-C at once: what is still waited for by then holds nothing up. */
export async function runMain(name: string, main: (processes: Processes) => Promise<number>): Promise<never> {
  const processes = new Processes()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => processes.interrupt())
  const code = await main(processes).catch((error: unknown) => failed(name, error))
  await processes.stopAll()
  process.exit(code)
}

function failed(name: string, error: unknown): number {
  if (error instanceof Interrupted) {
    console.error('interrupted')
    return EXIT_INTERRUPTED
  }
  console.error(error instanceof UsageError ? `${name}: ${error.message}\nTry --help.` : error)
  return error instanceof UsageError ? EXIT_USAGE : 1
}
