import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const setup = join(root, 'deploy/setup.mjs')

/** Runs a line of JavaScript against deploy/packages.mjs, on a system with no program on its PATH but those of root. */
function ask(expression: string): unknown {
  const script = `import * as packages from ${JSON.stringify(join(root, 'deploy/packages.mjs'))}
    console.log(JSON.stringify(${expression} ?? null))`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
  if (stderr) throw new Error(stderr)
  return JSON.parse(stdout)
}

test('[R1] a Redis is needed only where the stack runs its own', () => {
  expect(ask(`packages.needsRedis('start', {})`)).toBe(true)
  expect(ask(`packages.needsRedis('start', { REDIS_URL: 'redis://x' })`)).toBe(false)
  expect(ask(`packages.needsRedis('start', { REDIS_SENTINELS: 'x:1' })`)).toBe(false)
  expect(ask(`packages.needsRedis('start', { STORE: 'memory' })`)).toBe(false)
  expect(ask(`packages.needsRedis('demo', { REDIS_URL: 'redis://x' })`)).toBe(true)
  expect(ask(`packages.needsRedis('test', { STORE: 'memory' })`)).toBe(true)
  expect(ask(`packages.needsRedis('build', {})`)).toBe(false)
})

test('[R1] the command for a person to type installs just what is missing, without asking', () => {
  const command = ask(`packages.installCommand(['redis-server', 'nginx'])`)
  expect(command).toBe('sudo apt-get update && sudo apt-get install -y --no-install-recommends redis-server nginx')
})

test('[R1] where everything is there, there is nothing to set up, and nothing is said', () => {
  run('start') // Builds where that is due.
  const { status, stdout, stderr } = run('start')
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
})

test('an unknown purpose is told what is known', () => {
  const { status, stderr } = run('dinner')
  expect(status).toBe(1)
  expect(stderr.trim()).toBe('usage: node deploy/setup.mjs build|start|demo|test|bench|docker')
})

function run(purpose: string) {
  return spawnSync(process.execPath, [setup, purpose], { encoding: 'utf8', env: { PATH: process.env.PATH } })
}

test('[R5] on a bare machine the library that Node.js needs is asked of apt before npm is started', () => {
  const { status, said, asked } = onBareMachine((bare) => [process.execPath, join(bare, 'deploy/setup.mjs'), 'start'])
  expect(status).toBe(1)
  expect(said).toContain('libatomic1')
  expect(asked).not.toContain('npm ')
})

test.each(['--help', '-h'])('whoever asks what a program is by %s needs no Redis and no nginx', (help) => {
  // As npm runs a script: what was typed stands behind its last command.
  const { said } = onBareMachine((bare) => [
    '/bin/sh',
    '-c',
    `${process.execPath} ${join(bare, 'deploy/setup.mjs')} start && exec node main.js ${help}`,
  ])
  expect(said).toContain('libatomic1')
  expect(said).not.toMatch(/redis|nginx/)
})

test.each(["'what is -h for?'", "'what'\\''s -h for?'"])(
  'a question that names -h asks for no help: %s',
  (question) => {
    const { said } = onBareMachine((bare) => [
      '/bin/sh',
      '-c',
      `${process.execPath} ${join(bare, 'deploy/setup.mjs')} demo && exec node main.js ${question}`,
    ])
    expect(said).toMatch(/redis/)
  },
)

/** Runs a command where nothing is installed and nothing can be; gives what it said, and what it asked others to do. */
function onBareMachine(commandIn: (bare: string) => readonly [string, ...string[]]) {
  const bare = mkdtempSync(join(tmpdir(), 'baton-bare-'))
  onTestFinished(() => rmSync(bare, { recursive: true }))
  const bin = join(bare, 'bin')
  mkdirSync(bin)
  cpSync(join(root, 'deploy'), join(bare, 'deploy'), { recursive: true })
  cpSync(join(root, 'package-lock.json'), join(bare, 'package-lock.json'))
  // Nothing is where programs and libraries are looked for, and what would install is only written down.
  const packages = join(bare, 'deploy/packages.mjs')
  writeFileSync(
    packages,
    readFileSync(packages, 'utf8')
      .replaceAll("'/usr/", "'/nowhere/")
      .replaceAll(/'\/s?(?=lib|bin)/g, "'/nowhere/"),
  )
  for (const name of ['apt-get', 'npm', 'sh', 'sudo']) {
    writeFileSync(join(bin, name), `#!/bin/sh\necho "${name} $*" >> ${bare}/asked\nexit 1\n`, {
      mode: 0o755,
    })
  }
  const [command, ...args] = commandIn(bare)
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', env: { PATH: bin } })
  const asked = existsSync(join(bare, 'asked')) ? readFileSync(join(bare, 'asked'), 'utf8') : ''
  return { status, said: stdout + stderr, asked }
}
