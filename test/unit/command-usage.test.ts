import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const WRONG = '--hepl'
const UNKNOWN = 'v0.0.0-not-there'

/** What these exit with is no verdict of theirs. */
const NO_JUDGES = ['demo:svg', 'pack', 'sbom', 'docs', 'generate', 'traces', 'docker']

describe.each([
  ['start', 'dist/stack/main.js', [WRONG, UNKNOWN]],
  ['demo', 'dist/demo/main.js', [WRONG]],
  ['demo:svg', 'deploy/demo-svg.ts', [WRONG]],
  ['pack', 'deploy/pack.mjs', [WRONG]],
  ['sbom', 'deploy/sbom.mjs', [WRONG, UNKNOWN]],
  ['docs', 'deploy/docs.mjs', [WRONG, UNKNOWN]],
  ['generate', 'deploy/generate.ts', [WRONG, UNKNOWN]],
  ['upgrade', 'test/upgrade/main.ts', [WRONG, UNKNOWN]],
  ['model', 'test/model/main.ts', [WRONG, UNKNOWN]],
  ['providers', 'test/providers/real/main.ts', [WRONG, UNKNOWN]],
  ['screen-reader', 'test/screen-reader/main.ts', [WRONG, UNKNOWN]],
  ['scale', 'loadtest/scale/main.ts', [WRONG, UNKNOWN]],
  ['crowd', 'loadtest/crowd/main.ts', [WRONG, UNKNOWN]],
  ['bench', 'loadtest/bench/main.ts', [WRONG, UNKNOWN]],
  ['loadtest', 'loadtest/run.ts', [WRONG, UNKNOWN]],
  ['fuzz', 'test/fuzz/main.ts', [WRONG, UNKNOWN]],
  ['simulate', 'test/simulation/main.ts', [WRONG, UNKNOWN]],
  ['chaos', 'test/fault/chaos.ts', [WRONG]],
  // What these do not know is vitest's.
  ['traces', 'test/traces/main.ts', []],
  ['docker', 'test/docker/main.ts', []],
])('npm run %s', (name, main, refused) => {
  function run(arg: string) {
    const command = [join(root, main), arg]
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', timeout: 10_000 })
    return { status, stdout, stderr }
  }

  let help: ReturnType<typeof run>
  beforeAll(() => {
    help = run('--help')
  })

  test('--help says how it is used', () => {
    expect(help).toEqual({
      status: 0,
      stdout: expect.stringMatching(new RegExp(`^npm (run )?${name}\\b`)),
      stderr: '',
    })
  })

  test.skipIf(NO_JUDGES.includes(name))('--help says what its exit codes mean', () => {
    expect(help.stdout).toMatch(/^Exit code: 0 /m)
  })

  for (const arg of refused) {
    test(`${arg} is refused with a sentence, not with a stack`, () => {
      const { status, stdout, stderr } = run(arg)
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
      expect(stderr).toContain(arg)
      expect(stderr).not.toMatch(/^ +at /m)
    })
  }
})

test('npm run providers -- --only: a name that no setup begins with is refused', () => {
  const command = [join(root, 'test/providers/real/main.ts'), '--only', 'zz']
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', timeout: 10_000 })
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  expect(stderr).toContain('--only zz: no setup begins so')
})
