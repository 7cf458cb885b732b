import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { SettingsError } from '../../src/config/settings.ts'
import { readStackSettings } from '../../src/stack/settings.ts'

test('[R1][R2] the defaults', () => {
  expect(readStackSettings({})).toEqual({
    port: 8080,
    host: '127.0.0.1',
    replicas: 3,
    dataDir: resolve('.baton'),
    restartDelayMs: 5000,
    healthTimeoutMs: 10_000,
    drainTimeoutMs: 30_000,
    redis: 'own',
    model: 'demo',
    basePath: '',
    trustUserId: true,
    verbose: false,
    remarks: [],
  })
})

test.for([
  [{ PORT: '70000' }, 'PORT="70000": must be a whole number of at most 65535'],
  [{ PORT: 'http' }, 'PORT="http": must be a whole number'],
  [{ REPLICAS: '0' }, 'REPLICAS="0": must be a whole number of at least 1'],
  [{ REPLICAS: '2.5' }, 'REPLICAS="2.5": must be a whole number'],
  [{ PORT: '0x1F90' }, 'PORT="0x1F90": must be a whole number'],
  [{ REPLICAS: '1e1' }, 'REPLICAS="1e1": must be a whole number'],
  [{ RESTART_DELAY_MS: '-1' }, 'RESTART_DELAY_MS="-1": must be a whole number of at least 0'],
  [{ HEALTH_TIMEOUT_MS: 'soon' }, 'HEALTH_TIMEOUT_MS="soon": must be a whole number'],
] as const)('[R4] %j is refused with its name, value and what is allowed', ([env, sentence]) => {
  expect(() => readStackSettings(env)).toThrow(new SettingsError(sentence))
})

test("[R4] every wrong setting is named at once, the gateway's own too", () => {
  const read = () => readStackSettings({ REPLICAS: 'x', STORE: 'disk', SESSION_TTL: '0' })
  expect(read).toThrow(/REPLICAS="x".*\n.*STORE="disk".*\n.*SESSION_TTL="0"/)
})

test('[R4] settings are judged as the replicas will see them: with the demo model the API is chat', () => {
  expect(() => readStackSettings({ LLM_RESUME: 'reattach' })).toThrow(SettingsError)
  expect(readStackSettings({ LLM_RESUME: 'reattach', LLM_API: 'responses' }).model).toBe('demo')
  expect(readStackSettings({ LLM_RESUME: 'reattach', OPENAI_API_KEY: 'key' }).model).toBe('given')
})

test('an empty variable is as good as none', () => {
  expect(readStackSettings({ PORT: '', REDIS_URL: '', OPENAI_API_KEY: '', REPLICAS: '' })).toEqual(
    readStackSettings({}),
  )
})

test("[R2] whose Redis it is: the stack's own, the user's, or none", () => {
  expect(readStackSettings({ REDIS_URL: 'redis://elsewhere' }).redis).toBe('given')
  expect(readStackSettings({ REDIS_SENTINELS: 'a:1,b:2' }).redis).toBe('given')
  expect(readStackSettings({ STORE: 'memory', REDIS_URL: 'redis://elsewhere' }).redis).toBe('none')
})

test.for([
  ['REDIS_TLS_CA', import.meta.filename, `REDIS_TLS_CA=${JSON.stringify(import.meta.filename)}`],
  ['REDIS_MASTER', 'chat', 'REDIS_MASTER="chat"'],
  ['REDIS_SENTINEL_PASSWORD', 'watchword', 'REDIS_SENTINEL_PASSWORD="(hidden)"'],
] as const)("[R4][R5] the stack's own Redis cannot do what %s asks for, so it is refused", ([name, value, said]) => {
  const sentence = `${said}: needs a Redis of your own, named by REDIS_URL or REDIS_SENTINELS (that of npm start has no TLS and no Sentinels)`
  expect(() => readStackSettings({ [name]: value })).toThrow(new SettingsError(sentence))
  expect(readStackSettings({ [name]: value, REDIS_SENTINELS: 'a:1' }).redis).toBe('given')
  expect(readStackSettings({ [name]: value, STORE: 'memory' }).redis).toBe('none')
})

test('[R4] what the replicas take from a Redis of the stack is not refused', () => {
  expect(readStackSettings({ REDIS_WAIT: '0', KEY_PREFIX: 'my:', REDIS_MASTER: '' })).toMatchObject({
    redis: 'own',
    remarks: [],
  })
  expect(readStackSettings({ OPS_PORT: '9000' }).remarks).toEqual([expect.stringContaining('OPS_PORT=9000 has no')])
  expect(readStackSettings({ REDIS_WAIT: '1' }).remarks).toEqual([expect.stringContaining('REDIS_WAIT=1: nothing is')])
})

test("[R4][R5] each of the files of TLS is refused with the stack's own Redis", () => {
  const [REDIS_TLS_CERT, REDIS_TLS_KEY] = [import.meta.filename, import.meta.filename]
  expect(() => readStackSettings({ REDIS_TLS_CERT, REDIS_TLS_KEY })).toThrow(/^REDIS_TLS_CERT=.*\nREDIS_TLS_KEY=.*$/)
})

test('[G3] STORE=memory is one replica, with a warning, and with a second one only for who asked for more', () => {
  expect(readStackSettings({ STORE: 'memory' })).toMatchObject({
    replicas: 1,
    remarks: [expect.stringContaining('lost')],
  })
  const { replicas, remarks } = readStackSettings({ STORE: 'memory', REPLICAS: '5' })
  expect(replicas).toBe(1)
  expect(remarks[1]).toContain('REPLICAS=5 has no effect')
})

test('[R6] a secret in a file is as good as one in a variable', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'baton-settings-')), 'secret')
  onTestFinished(() => rmSync(dirname(file), { recursive: true }))
  writeFileSync(file, 'redis://:secret@elsewhere\n')
  expect(readStackSettings({ REDIS_URL_FILE: file }).redis).toBe('given')
  writeFileSync(file, 'sk-secret\n')
  expect(readStackSettings({ OPENAI_API_KEY_FILE: file }).model).toBe('given')
  expect(() => readStackSettings({ REDIS_SENTINEL_PASSWORD_FILE: file })).toThrow(
    /^REDIS_SENTINEL_PASSWORD="\(hidden\)": needs a Redis of your own/,
  )
})

test('[R5] values are trimmed', () => {
  expect(readStackSettings({ PORT: ' 9000\n', HOST: ' ::1 ', DATA_DIR: ' /somewhere ' })).toMatchObject({
    port: 9000,
    host: '::1',
    dataDir: '/somewhere',
  })
})
