#!/usr/bin/env node
/** The `baton` command. Each subcommand is loaded only where it is asked for. */
import packageJson from '../package.json' with { type: 'json' }
import { requireNode } from './node-version.ts'

const usage = `baton ${packageJson.version}: chat answers that outlive the process that writes them.

  baton chat <url>         talk to a gateway in the terminal; baton chat --help says more
  baton conformance <url>  hold a running gateway to the contract; baton conformance --help says more
  baton gateway            run one replica; settings are environment variables, listed in
                           docs/operations.md of Baton's repository
  baton --help             this
  baton --version
`

requireNode()
const [command, ...args] = process.argv.slice(2)

// Who reads what is written has seen enough (`baton chat … | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

switch (command) {
  case 'chat': {
    const { main } = await import('./cli/main.ts')
    process.exitCode = await main(args)
    break
  }
  case 'conformance': {
    const { main } = await import('./cli/conformance.ts')
    process.exitCode = await main(args)
    break
  }
  case 'gateway':
    if (args.length === 0) await import('./replica.ts')
    else if (args.some((arg) => arg === '--help' || arg === '-h')) console.log(usage)
    else refuse('gateway takes no arguments; its settings are environment variables')
    break
  case '--version':
  case '-v':
    console.log(packageJson.version)
    break
  case '--help':
  case '-h':
    console.log(usage)
    break
  default:
    refuse(`${command === undefined ? 'which command?' : `there is no command "${command}"`}\n\n${usage}`)
}

function refuse(why: string): void {
  console.error(`baton: ${why}`)
  process.exitCode = 2
}
