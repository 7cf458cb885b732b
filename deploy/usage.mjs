// The command line of a script that takes little. Plain JavaScript: some scripts run before anything is installed.
import { parseArgs } from 'node:util'

const EXIT_USAGE = 2

/**
 * Gives what the command line says. With `--help` it prints `usage` and ends the process; where more than `most` names stand there, or
 * an option that is not known, it refuses. With `strict: false` all that is not known is somebody else's.
 */
export function readUsage(usage, { options = {}, most = 0, strict = true } = {}) {
  const known = { ...options, help: { type: 'boolean', short: 'h' } }
  try {
    const { values, positionals } = parseArgs({ options: known, strict, allowPositionals: most > 0 || !strict })
    if (values.help) {
      console.log(usage)
      process.exit(0)
    }
    if (strict && positionals.length > most) throw new Error(`One too many: ${positionals[most]}`)
    return { values, positionals }
  } catch (error) {
    return refuse(error.message, usage)
  }
}

/** Ends the process. */
export function refuse(why, usage) {
  console.error(`${why}\n\n${usage}`)
  process.exit(EXIT_USAGE)
}
