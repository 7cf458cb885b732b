import { describe, expect, test } from 'vitest'
import { readSettings, SettingsError } from '../../src/config/settings.ts'

/** What a start with `env` would say instead of starting. */
function complaintOf(env: Record<string, string>): string {
  try {
    readSettings(env)
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(SettingsError)
    return (thrown as SettingsError).message
  }
  throw new Error(`was accepted: ${JSON.stringify(env)}`)
}

describe('[R4] settings', () => {
  test('the defaults are those of the contract', () => {
    expect(readSettings({})).toMatchObject({
      SESSION_TTL: 3600,
      SESSION_MAX_MESSAGES: 100,
      CONTEXT_MESSAGES: 20,
      RETRIEVER_TIMEOUT_MS: 2000,
      DELTA_WINDOW_MS: 25,
      LLM_RETRIES: 2,
      LLM_TIMEOUT_MS: 60_000,
      LLM_RESUME: 'auto',
      LLM_CONTINUE: 'instruct',
      LLM_API: 'responses',
      LEASE_MS: 1500,
      DRAIN_TIMEOUT: 30,
      FALLBACK_MAX_BYTES: 64 * 1024 * 1024,
      AUTH: 'none',
      RATE_LIMIT: 120,
      CONNECT_LIMIT: 600,
      MAX_CONTENT_BYTES: 32_768,
      REDIS_WAIT: 0,
      TRUST_PROXY: ['loopback'],
      STORE: 'redis',
    })
  })

  test('an empty variable is as good as none', () => {
    expect(readSettings({ SESSION_TTL: '', REDIS_URL: '' })).toEqual(readSettings({}))
  })

  test('the settings cannot be changed', () => {
    expect(Object.isFrozen(readSettings({}))).toBe(true)
  })

  test('LLM_API is chat where a base URL is set, unless it is said otherwise', () => {
    expect(readSettings({ OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' }).LLM_API).toBe('chat')
    expect(readSettings({ OPENAI_BASE_URL: 'http://127.0.0.1:1/v1', LLM_API: 'responses' }).LLM_API).toBe('responses')
  })

  test('lists are split at commas', () => {
    const settings = readSettings({
      REDIS_URL: 'redis://a:1, rediss://b:2',
      REDIS_SENTINELS: 's1:26379,s2:26379',
      ALLOWED_ORIGINS: 'https://a.example, http://localhost:5173, capacitor://localhost',
      TRUST_PROXY: 'loopback,10.0.0.0/8,2001:db8::1',
    })
    expect(settings.REDIS_URL).toEqual(['redis://a:1', 'rediss://b:2'])
    expect(settings.REDIS_SENTINELS).toEqual(['s1:26379', 's2:26379'])
    expect(settings.ALLOWED_ORIGINS).toEqual(['https://a.example', 'http://localhost:5173', 'capacitor://localhost'])
    expect(settings.TRUST_PROXY).toEqual(['loopback', '10.0.0.0/8', '2001:db8::1'])
  })

  test.each([
    ['SESSION_TTL', '0', 'a whole number of at least 1'],
    ['SESSION_TTL', ' ', 'a whole number'],
    ['SESSION_TTL', '1.5', 'a whole number'],
    ['SESSION_TTL', '0x10', 'a whole number'],
    ['SESSION_TTL', '1e3', 'a whole number'],
    ['SESSION_TTL', 'soon', 'a whole number'],
    ['PORT', '65536', 'a whole number of at most 65535'],
    ['PORT', '-1', 'a whole number of at least 0'],
    ['RATE_LIMIT', '99999999999', 'a whole number of at most 2147483647'],
    ['STORE', 'disk', 'one of redis, memory'],
    ['AUTH', 'basic', 'one of none, jwt'],
    ['DEMO', 'yes', '0 or 1'],
    ['REPLICA_ID', 'a b', 'letters, digits, - and _, at most 64'],
    ['REDIS_URL', 'http://a', 'redis:// or rediss:// URLs'],
    ['REDIS_SENTINELS', 'host', 'host:port'],
    ['OPENAI_BASE_URL', 'ftp://a', 'a URL that starts with http:// or https://'],
    ['RETRIEVER_URL', 'nowhere', 'a URL that starts with http:// or https://'],
    ['TRUST_PROXY', 'nginx', 'IP addresses, ranges such as 10.0.0.0/8, loopback'],
    ['TRUST_PROXY', '10.0.0.0/33', 'IP addresses, ranges such as 10.0.0.0/8, loopback'],
    ['ALLOWED_ORIGINS', 'example.com', '* or origins as browsers send them'],
    ['ALLOWED_ORIGINS', 'https://example.com/', '* or origins as browsers send them'],
    ['ALLOWED_ORIGINS', 'https://Example.com', '* or origins as browsers send them'],
    ['ALLOWED_ORIGINS', 'https://example.com:443', '* or origins as browsers send them'],
    ['ALLOWED_ORIGINS', 'null', '* or origins as browsers send them'],
  ])('%s=%j stops the start with its name, its value and what is allowed', (name, value, allowed) => {
    expect(complaintOf({ [name]: value })).toContain(`${name}=${JSON.stringify(value)}: must be ${allowed}`)
  })

  test('every wrong one is named', () => {
    const complaint = complaintOf({ PORT: 'x', AUTH: 'y', LEASE_MS: '1' })
    expect(complaint.split('\n').map((line) => line.split('=')[0])).toEqual(['PORT', 'LEASE_MS', 'AUTH'])
  })

  test('what only works together is checked together', () => {
    expect(complaintOf({ AUTH: 'jwt' })).toBe('AUTH="jwt": needs JWT_SECRET or JWT_JWKS_URL')
    expect(complaintOf({ LLM_RESUME: 'reattach', LLM_API: 'chat' })).toContain('LLM_RESUME="reattach"')
  })

  test('no complaint shows a secret', () => {
    expect(complaintOf({ REDIS_URL: 'redi://user:pa/ss,hush@host:1' })).not.toMatch(/pa\/|ss,|hush/)
    expect(complaintOf({ OPENAI_BASE_URL: 'ftp://user:password@host' })).not.toContain('password')
    expect(complaintOf({ JWT_SECRET: 'hush', PORT: 'x' })).not.toContain('hush')
  })
})
