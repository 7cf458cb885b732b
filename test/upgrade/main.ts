// npm run upgrade [-- <commit or tag>]: replicas of another version beside those of this tree, in both directions, under load and deaths
// (upgrade.test.ts). The other version is the last release, or the commit that is named. It is kept in .baton/versions.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { readUsage, refuse } from '../../deploy/usage.mjs'

const USAGE = `npm run upgrade [-- <commit or tag>]

Runs that version's replicas beside those of this tree, in both directions, under load and deaths. Where none is named it is
the last release; where there is no tag, the commit before.

Exit code: 0 all tests passed, 1 one failed or could not be run, 2 there is no such commit, 130 stopped by Ctrl-C.
`

const root = join(import.meta.dirname, '../..')
const node = process.execPath
const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()

function commitOf(name: string): string {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]
  const { status, stdout } = spawnSync('git', args, { cwd: root, encoding: 'utf8' })
  return status === 0 ? stdout.trim() : refuse(`There is no commit or tag ${name} here.`, USAGE)
}

/** The last release before this commit; where there is none yet, the commit before. */
function before(): string {
  const { status, stdout } = spawnSync('git', ['describe', '--tags', '--abbrev=0', '--match', 'v*', 'HEAD^'], {
    cwd: root,
    encoding: 'utf8',
  })
  return status === 0 ? stdout.trim() : 'HEAD^'
}

/** Its packages are those of this tree where the lock file is the same. */
function build(commit: string, directory: string): void {
  const part = `${directory}.part`
  rmSync(part, { recursive: true, force: true })
  mkdirSync(part, { recursive: true })
  execFileSync('sh', ['-c', `git archive ${commit} | tar -x -C '${part}'`], { cwd: root })
  if (git('rev-parse', `${commit}:package-lock.json`) === git('hash-object', 'package-lock.json')) {
    symlinkSync(join(root, 'node_modules'), join(part, 'node_modules'))
  } else {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: part, stdio: ['ignore', 'ignore', 'inherit'] })
  }
  execFileSync(node, ['deploy/build.mjs'], { cwd: part, stdio: ['ignore', 'ignore', 'inherit'] })
  renameSync(part, directory)
}

const name = readUsage(USAGE, { most: 1 }).positionals[0] ?? before()
const commit = commitOf(name)
const directory = join(root, '.baton/versions', commit)
if (!existsSync(directory)) {
  console.log(`Building ${name} (${commit.slice(0, 10)}) …`)
  build(commit, directory)
}
console.log(`${name} (${commit.slice(0, 10)}) and this tree`)
const vitest = join(root, 'node_modules/vitest/vitest.mjs')
const env = { ...process.env, UPGRADE_FROM: join(directory, 'dist/main.js') }
process.exit(spawnSync(node, [vitest, 'run', 'test/upgrade'], { cwd: root, stdio: 'inherit', env }).status ?? 1)
