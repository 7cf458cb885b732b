// node deploy/setup.mjs <build|start|demo|test|bench|docker>: sees to it that everything is there that Baton needs for that purpose.
// Plain JavaScript for the Node.js that happens to be installed. Says what it does, and nothing where nothing is missing.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { arePackagesFresh, isBuildFresh, root } from './freshness.mjs'
import { findProgram, hasProgram, INSTALL_SCRIPT, installCommand, missingPackages, needsRedis } from './packages.mjs'

const PURPOSES = ['build', 'start', 'demo', 'test', 'bench', 'docker']
const OLDEST_NODE = 20
const OLDEST_RUNTIME = 24
const OLDEST_REDIS = 7
/** Programs that are built here. */
const TOOLS = join(root, '.baton/tools')
const NATS_VERSION = 'v2.15.2'
const HEARTBEAT_MS = 5000
const REMEMBERED_LINES = 60

/** The Node.js that Baton runs on, whatever started this. */
const runtime = join(root, 'node_modules/node/bin/node')

/** Something is in the way that only a person can move; the message says what to do. */
class SetupError extends Error {}

/** What prints its help runs no Redis and no browser. */
const purpose = isHelpAsked() ? 'build' : process.argv[2]
const interrupted = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => interrupt(signal))

try {
  await prepare()
} catch (error) {
  if (interrupted.signal.aborted) console.error('\nInterrupted. Run the same again: it goes on from there.')
  else console.error(`\n${error instanceof SetupError ? error.message : error.stack}`)
  process.exit(interrupted.signal.aborted ? 130 : 1)
}
process.exit(0)

/** Of the program that runs after this one: npm tells what was typed to that one alone, and to the shell that runs both. */
function isHelpAsked() {
  try {
    const line = readFileSync(`/proc/${process.ppid}/cmdline`, 'utf8')
    const words = line.match(/(?:'[^']*'|"[^"]*"|\\.|[^\s\0])+/g) ?? []
    return words.some((word) => /^["']?(--help|-h)["']?$/.test(word))
  } catch {
    return false
  }
}

/** Waits for what is under way: npm and apt put things in order before they end. */
function interrupt(signal) {
  if (!interrupted.signal.aborted) console.log('\nEnding what is under way …')
  interrupted.abort(signal)
}

async function prepare() {
  if (!PURPOSES.includes(purpose)) throw new SetupError(`usage: node deploy/setup.mjs ${PURPOSES.join('|')}`)
  if (majorOf(process.versions.node) < OLDEST_NODE) {
    throw new SetupError(
      `This is Node.js ${process.versions.node}; Baton needs ${OLDEST_NODE} or newer to install itself.`,
    )
  }
  await installSystemPackages()
  if (!arePackagesFresh() || !existsSync(runtime)) await installNpmPackages()
  checkRuntime()
  if (purpose === 'bench' || purpose === 'docker') await installOptional()
  if (purpose === 'bench') await buildNats()
  if (needsRedis(purpose, process.env)) checkRedis()
  if (!isBuildFresh()) await step('Building', runtime, [join(root, 'deploy/build.mjs')])
}

async function installNpmPackages() {
  const cli = process.env.npm_execpath
  const npm = cli && basename(cli) === 'npm-cli.js' ? [process.execPath, cli] : ['npm']
  // Whatever the user's npm is set to: the build tools are wanted, and so is the install script that fetches the runtime.
  // So is what `npm pack --dry-run` sets for the commands that it runs.
  const options = [
    '--include=dev',
    '--ignore-scripts=false',
    '--dry-run=false',
    '--loglevel=error',
    '--no-audit',
    '--no-fund',
  ]
  const [command, ...args] = [...npm, 'ci', ...options]
  await step('Installing the packages of package-lock.json', command, args)
}

function checkRuntime() {
  const version = existsSync(runtime) ? outputOf(runtime, ['--version']).replace(/^v/, '') : undefined
  if (version && majorOf(version) >= OLDEST_RUNTIME) return
  throw new SetupError(
    `node_modules/node holds ${version ? `Node.js ${version}` : 'no Node.js'}; ${OLDEST_RUNTIME} or newer is needed. ` +
      'It is fetched by an install script of the package "node": run `npm rebuild node`, then the same again.',
  )
}

async function installSystemPackages() {
  const missing = missingPackages(purpose, process.env)
  const names = missing.filter(({ isOptional }) => !isOptional).map(({ name }) => name)
  if (names.length === 0) return
  const optional = missing.filter(({ isOptional }) => isOptional).map(({ name }) => name)
  const asRoot = waysToRoot()
  if (asRoot === undefined || !hasProgram('apt-get')) {
    throw new SetupError(
      `Missing: ${names.join(', ')}. They can be installed from here only by apt-get, as root or with sudo. ` +
        `Where you can:\n\n  ${installCommand(names)}\n\nElsewhere install programs of the same names, then run the same again.`,
    )
  }
  const [command, ...args] = [...asRoot, 'sh', '-c', INSTALL_SCRIPT, 'install', optional.join(' '), ...names]
  await step(`Installing ${[...names, ...optional].join(', ')}`, command, args)
  const still = missingPackages(purpose, process.env).filter(({ isOptional }) => !isOptional)
  if (still.length > 0) throw new SetupError(`Installed, but not found: ${still.map(({ name }) => name).join(', ')}`)
}

/** What Baton is measured beside, and what it is tried with in containers. Where it cannot be had, these say so themselves. */
async function installOptional() {
  const optional = missingPackages(purpose, process.env).map(({ name }) => name)
  const asRoot = optional.length > 0 ? waysToRoot() : undefined
  if (asRoot !== undefined && hasProgram('apt-get')) {
    const [command, ...args] = [...asRoot, 'sh', '-c', INSTALL_SCRIPT, 'install', optional.join(' ')]
    await stepIfPossible(`Installing ${optional.join(', ')}`, command, args)
  }
}

async function buildNats() {
  const go = findProgram('go')
  if (findProgram('nats-server') === undefined && !existsSync(join(TOOLS, 'nats-server')) && go !== undefined) {
    const install = ['install', `github.com/nats-io/nats-server/v2@${NATS_VERSION}`]
    await stepIfPossible('Building nats-server', 'env', [`GOBIN=${TOOLS}`, go, ...install])
  }
}

async function stepIfPossible(title, command, args) {
  try {
    await step(title, command, args)
  } catch (error) {
    if (interrupted.signal.aborted) throw error
    console.log('  not possible here')
  }
}

/** What to put before a command so that root runs it; undefined where there is no way. */
function waysToRoot() {
  if (process.getuid?.() === 0) return []
  if (!hasProgram('sudo')) return undefined
  // On a terminal sudo may ask for the password.
  return process.stdin.isTTY || outputOf('sudo', ['-n', 'echo', 'yes']) === 'yes' ? ['sudo'] : undefined
}

function checkRedis() {
  const program = findProgram('redis-server')
  const version = program && /v=(\d[\d.]*)/.exec(outputOf(program, ['--version']))?.[1]
  if (version && majorOf(version) >= OLDEST_REDIS) return
  throw new SetupError(
    `${program} is Redis ${version ?? 'of an unknown version'}; Baton needs ${OLDEST_REDIS}.0 or newer. ` +
      'Install a newer one, or give the address of one: REDIS_URL=redis://host:6379',
  )
}

/** Runs a command and says how it goes; what it printed is shown only if it fails. */
async function step(title, command, args) {
  const startedAt = Date.now()
  const seconds = () => `${((Date.now() - startedAt) / 1000).toFixed(0)} s`
  const lines = []
  console.log(`${title} …`)
  const heartbeat = setInterval(() => {
    const latest = lines.at(-1)?.slice(0, 90)
    console.log(`  ${seconds()}${latest ? `  ${latest}` : ''}`)
  }, HEARTBEAT_MS)
  try {
    const how = await run(command, args, (line) => {
      lines.push(line)
      if (lines.length > REMEMBERED_LINES) lines.shift()
    })
    if (how !== 0) throw new SetupError(`${lines.join('\n')}\n\n${title}: failed (${how}).`)
    console.log(`  done in ${seconds()}`)
  } finally {
    clearInterval(heartbeat)
  }
}

/** Gives the exit code, or the signal's name, or why the command could not be started. */
function run(command, args, onLine) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['inherit', 'pipe', 'pipe'] })
    for (const output of [child.stdout, child.stderr]) {
      createInterface({ input: output }).on('line', (line) => line.trim() && onLine(line))
    }
    // Ctrl-C reaches the child by itself; other signals do not.
    interrupted.signal.addEventListener('abort', () => child.kill(interrupted.signal.reason))
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code, signal) => resolve(code ?? signal))
  })
}

function outputOf(command, args) {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return ''
  }
}

function majorOf(version) {
  return Number.parseInt(version, 10)
}
