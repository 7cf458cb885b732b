// node deploy/test-summary.mjs <vitest.json> <failed steps>: prints `N passed, N failed` from vitest's own report and exits
// with 0 only if nothing failed. A file that could not be loaded counts as a failed test, and so does a missing report.
import { readFileSync } from 'node:fs'

const [reportPath = '', failedSteps = '0'] = process.argv.slice(2)
const { passed, failed } = count(readReport(reportPath))
// A step that failed for another reason than a test (the linter, vitest itself) must show here too.
const total = failed === 0 ? Number(failedSteps) : failed
console.log(`${passed} passed, ${total} failed`)
process.exit(total === 0 ? 0 : 1)

function readReport(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

function count(report) {
  if (report === undefined) return { passed: 0, failed: 1 }
  const broken = report.testResults.filter((file) => file.status === 'failed' && !hasFailedTest(file)).length
  const failed = report.numFailedTests + broken
  return { passed: report.numPassedTests, failed: failed === 0 && !report.success ? 1 : failed }
}

function hasFailedTest(file) {
  return file.assertionResults.some(({ status }) => status === 'failed')
}
