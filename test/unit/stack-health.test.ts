/** The image's health check, which ends a frozen replica where it is told its id: Docker leaves an unhealthy one running. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isAlive } from '../integration/stack-fixture.ts'

const script = join(import.meta.dirname, '../../deploy/health.sh')
const SERVER = `require('node:http').createServer((request, response) => {
  response.writeHead(request.url === '/chat/healthz' ? 200 : 503).end()
}).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`

let directory: string
let server: ChildProcess
let port: string

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'baton-health-'))
  server = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(server.stdout ?? process.stdin, 'data')
  port = String(line).trim()
})
afterEach(() => {
  server.kill('SIGKILL')
  rmSync(directory, { recursive: true })
})

const isRunning = () => isAlive(server.pid ?? 0)
const settings = (more: Record<string, string> = {}) => ({
  PATH: process.env.PATH,
  PORT: port,
  BASE_PATH: '/chat/',
  HEALTH_TIMEOUT: '0.1',
  ...more,
})
const check = (more?: Record<string, string>) => spawnSync('bash', [script], { env: settings(more) }).status

test('it is content with a replica that answers, and with no other reply than that', () => {
  expect(check({ HEALTH_TIMEOUT: '10' })).toBe(0)
  expect(check({ HEALTH_TIMEOUT: '10', BASE_PATH: '' })).toBe(1)
  server.kill('SIGKILL')
})

test('[F2] a frozen replica is killed at the third silence in a row, where its id is known', async () => {
  const pidFile = join(directory, 'replica.pid')
  writeFileSync(pidFile, String(server.pid))
  const known = { HEALTH_PID_FILE: pidFile }
  expect(check({ ...known, HEALTH_TIMEOUT: '5' })).toBe(0)
  server.kill('SIGSTOP')
  expect([check(known), check(known)]).toEqual([1, 1])
  server.kill('SIGCONT')
  expect(check({ ...known, HEALTH_TIMEOUT: '5' })).toBe(0)
  server.kill('SIGSTOP')
  expect([check(known), check(known)]).toEqual([1, 1]) // one reply between made it begin anew
  expect(isRunning()).toBe(true)
  const gone = once(server, 'exit')
  expect(check(known)).toBe(1)
  expect(await gone).toEqual([null, 'SIGKILL'])
  expect(existsSync(`${pidFile}.failures`)).toBe(false)
})

test('one that has not answered since its start is given time, also where the one before it had answered', () => {
  const pidFile = join(directory, 'replica.pid')
  writeFileSync(`${pidFile}.answered`, '')
  utimesSync(`${pidFile}.answered`, 1, 1)
  writeFileSync(pidFile, String(server.pid))
  server.kill('SIGSTOP')
  const known = { HEALTH_PID_FILE: pidFile }
  expect([check(known), check(known), check(known), check(known)]).toEqual([1, 1, 1, 1])
  expect(isRunning()).toBe(true)
})

test('where its id is not known, nothing is killed', () => {
  server.kill('SIGSTOP')
  expect([check(), check(), check(), check()]).toEqual([1, 1, 1, 1])
  expect(isRunning()).toBe(true)
})
