import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const program = join(import.meta.dirname, '../../deploy/test-summary.mjs')
const passing = { status: 'passed', assertionResults: [{ status: 'passed' }] }
const failing = { status: 'failed', assertionResults: [{ status: 'failed' }] }
const unloadable = { status: 'failed', assertionResults: [] }

test.for([
  [
    'all well',
    { numPassedTests: 7, numFailedTests: 0, success: true, testResults: [passing] },
    0,
    '7 passed, 0 failed',
  ],
  [
    'a failed test',
    { numPassedTests: 7, numFailedTests: 1, success: false, testResults: [failing] },
    1,
    '7 passed, 1 failed',
  ],
  [
    'a file that did not load',
    { numPassedTests: 7, numFailedTests: 0, success: false, testResults: [unloadable] },
    1,
    '7 passed, 1 failed',
  ],
  [
    'an error outside of tests',
    { numPassedTests: 7, numFailedTests: 0, success: false, testResults: [passing] },
    1,
    '7 passed, 1 failed',
  ],
  [
    'a failed linter',
    { numPassedTests: 7, numFailedTests: 0, success: true, testResults: [passing] },
    1,
    '7 passed, 1 failed',
  ],
  ['no report', undefined, 1, '0 passed, 1 failed'],
] as const)('%s', ([what, report, status, line]) => {
  const directory = mkdtempSync(join(tmpdir(), 'baton-summary-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'vitest.json')
  if (report) writeFileSync(path, JSON.stringify(report))
  const result = spawnSync(process.execPath, [program, path, what === 'all well' ? '0' : '1'], { encoding: 'utf8' })
  expect(result).toMatchObject({ status, stdout: `${line}\n`, stderr: '' })
})
