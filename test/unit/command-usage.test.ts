import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

describe.each([
  ['upgrade', 'test/upgrade/main.ts'],
  ['scale', 'loadtest/scale/main.ts'],
])('npm run %s', (name, main) => {
  function run(...args: string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, main), ...args], { encoding: 'utf8' })
    return { status, stdout, stderr }
  }

  test('--help says how it is used', () => {
    expect(run('--help')).toEqual({
      status: 0,
      stdout: expect.stringMatching(new RegExp(`^npm run ${name} `)),
      stderr: '',
    })
  })

  test.each(['--hepl', 'v0.0.0-not-there'])('%s is refused with a sentence, not with a stack', (arg) => {
    const { status, stdout, stderr } = run(arg)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(arg)
    expect(stderr).not.toMatch(/^ +at /m)
  })
})
