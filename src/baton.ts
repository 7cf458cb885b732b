#!/usr/bin/env node
/** The `baton` command. Each subcommand is loaded only where it is asked for. */
import packageJson from '../package.json' with { type: 'json' }

const usage = `baton ${packageJson.version}: chat answers that outlive the process that writes them.

  baton chat <url>     talk to a gateway in the terminal; baton chat --help says more
  baton gateway        run one replica; settings are environment variables (docs/operations.md)
  baton --help         this
  baton --version
`

const [command, ...args] = process.argv.slice(2)
switch (command) {
  case 'chat': {
    const { main } = await import('./cli/main.ts')
    process.exitCode = await main(args)
    break
  }
  case 'gateway':
    await import('./main.ts')
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
    console.error(command === undefined ? usage : `baton: there is no command "${command}"\n\n${usage}`)
    process.exitCode = 2
}
