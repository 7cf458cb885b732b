import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readSettings, remarksOn, SettingsError } from '../../src/config/settings.ts'

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
    ['SESSION_TTL', '1.5', 'a whole number'],
    ['SESSION_TTL', '0x10', 'a whole number'],
    ['SESSION_TTL', '1e3', 'a whole number'],
    ['SESSION_TTL', 'soon', 'a whole number'],
    ['PORT', '65536', 'a whole number of at most 65535'],
    ['OPS_PORT', 'x', 'a whole number'],
    ['PORT', '-1', 'a whole number of at least 0'],
    ['RATE_LIMIT', '99999999999', 'a whole number of at most 2147483647'],
    ['STORE', 'disk', 'one of redis, memory'],
    ['AUTH', 'basic', 'one of none, jwt'],
    ['DEMO', 'yes', '0 or 1'],
    ['REPLICA_ID', 'a b', 'letters, digits, - and _, at most 64'],
    ['REDIS_URL', 'http://a', 'redis:// or rediss:// URLs'],
    ['REDIS_SENTINELS', 'host', 'host:port'],
    ['REDIS_SENTINELS', '::1:26379', 'host:port'],
    ['REDIS_SENTINELS', 'host:99999', 'host:port'],
    ['REDIS_SENTINELS', ',', 'host:port'],
    ['HOST', 'localhost:8080', 'an IP address or a host name'],
    ['HOST', 'fe80::1%lo', 'an IP address or a host name, without a port and a zone'],
    ['BASE_PATH', 'chat', 'a path such as /chat'],
    ['BASE_PATH', '/a/../b', 'a path such as /chat'],
    ['KEY_PREFIX', 'a{b}', 'letters, digits and : . _ -'],
    ['REDIS_TLS_CA', '/nowhere', 'a file that can be read (ENOENT)'],
    ['OPENAI_BASE_URL', 'ftp://a', 'a URL that starts with http:// or https://'],
    ['RETRIEVER_URL', 'nowhere', 'a URL that starts with http:// or https://'],
    ['TRUST_PROXY', 'nginx', 'IP addresses, ranges such as 10.0.0.0/8, loopback'],
    ['TRUST_PROXY', '10.0.0.0/33', 'IP addresses, ranges such as 10.0.0.0/8, loopback'],
    ['TRUST_PROXY', '1', 'IP addresses, ranges such as 10.0.0.0/8, loopback'],
    ['TRUST_PROXY', 'loopback, 0x7f000001', 'IP addresses, ranges such as 10.0.0.0/8, loopback'],
    ['TRUST_PROXY', '10.1', 'IP addresses, ranges such as 10.0.0.0/8, loopback'],
    ['ALLOWED_ORIGINS', 'example.com', '* or origins as browsers send them'],
    ['ALLOWED_ORIGINS', 'https://example.com/', '* or origins as browsers send them'],
    ['ALLOWED_ORIGINS', 'https://Example.com', '* or origins as browsers send them'],
    ['ALLOWED_ORIGINS', 'https://example.com:443', '* or origins as browsers send them'],
    ['ALLOWED_ORIGINS', 'null', '* or origins as browsers send them'],
    ['ALLOWED_ORIGINS', 'https://*.example.com', '* or origins as browsers send them'],
    ['ALLOWED_ORIGINS', 'capacitor://*', '* or origins as browsers send them'],
    ['ALLOWED_ORIGINS', ',', '* or origins as browsers send them'],
  ])('%s=%j stops the start with its name, its value and what is allowed', (name, value, allowed) => {
    expect(complaintOf({ [name]: value })).toContain(`${name}=${JSON.stringify(value)}: must be ${allowed}`)
  })

  test('every wrong one is named', () => {
    const complaint = complaintOf({ PORT: 'x', AUTH: 'y', LEASE_MS: '1' })
    expect(complaint.split('\n').map((line) => line.split('=')[0])).toEqual(['PORT', 'LEASE_MS', 'AUTH'])
  })

  test('what only works together is checked together', () => {
    expect(complaintOf({ PORT: '9000', OPS_PORT: '9000' })).toBe('OPS_PORT: must not be PORT')
    expect(complaintOf({ AUTH: 'jwt' })).toBe('AUTH="jwt": needs JWT_SECRET or JWT_JWKS_URL')
    expect(complaintOf({ JWT_OTHER_SECRETS: 's'.repeat(32) })).toContain('JWT_SECRET, which is missing')
    expect(complaintOf({ MAX_ANSWERS_PER_USER: '1' })).toContain('need AUTH=jwt')
    const group = { AUTH: 'jwt', JWT_SECRET: 's'.repeat(32), DAILY_TOKENS_PER_GROUP: '1' }
    expect(complaintOf(group)).toContain('need JWT_GROUP_CLAIM')
    expect(readSettings({ ...group, JWT_GROUP_CLAIM: 'org' }).DAILY_TOKENS_PER_GROUP).toBe(1)
    expect(complaintOf({ LLM_RESUME: 'reattach', LLM_API: 'chat' })).toContain('LLM_RESUME="reattach"')
  })

  test('no complaint shows a secret', () => {
    expect(complaintOf({ REDIS_URL: 'redi://user:pa/ss,hush@host:1' })).not.toMatch(/pa\/|ss,|hush/)
    expect(complaintOf({ OPENAI_BASE_URL: 'ftp://user:password@host' })).not.toContain('password')
    expect(complaintOf({ JWT_SECRET: 'hush', PORT: 'x' })).not.toContain('hush')
    expect(complaintOf({ REDIS_URL: 'redis://:hush' })).not.toContain('hush')
    expect(complaintOf({ REDIS_URL: 'http://host?password=hush' })).not.toContain('hush')
    expect(complaintOf({ LLM_HEADERS: '{"authorization": "hush' })).not.toContain('hush')
    expect(complaintOf({ LLM_HEADERS: '{"authorization": "hush\\u0001"}' })).not.toContain('hush')
    expect(complaintOf({ REDIS_SENTINEL_PASSWORD: 'hush\u200b!' })).not.toContain('hush')
    expect(complaintOf({ REDIS_URL: 'redis://:100%hush@host' })).not.toContain('hush')
    expect(complaintOf({ REDIS_SENTINELS: 'redis://:hu,sh@host:26379' })).not.toMatch(/hu,|sh@/)
    expect(complaintOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'htps://user:hush@host' })).not.toContain('hush')
    for (const key of ['sk-proj-hush-0123456789abcdef', 'eyJhbGciOiJIUzI1NiJ9.hush.hush', 'aHVzaA/0123456789/hush+=='])
      expect(complaintOf({ OPENAI_BASE_URL: key })).not.toContain('hush')
  })

  test('[R4] a % in a name or a password of REDIS_URL that stands for itself is told of by name', () => {
    for (const url of ['redis://:100%sure@a:1', 'redis://100%:x@a', 'redis://a, redis://:%zz@b']) {
      const complaint = complaintOf({ REDIS_URL: url })
      expect(complaint).toMatch(/^REDIS_URL=.*: must be .*%25/)
    }
    expect(readSettings({ REDIS_URL: 'redis://:100%25sure@a:1' }).REDIS_URL).toEqual(['redis://:100%25sure@a:1'])
  })

  test.each([
    'redis://default:p/hush@127.0.0.1:6379',
    'redis://default:p#hush@127.0.0.1:6379',
    'redis://default:p?hush@127.0.0.1:6379',
    'rediss://:p/hush@[::1]:6379/1',
    'redis://default:12/hush@host',
    'redis://default:12#hush@host',
    'redis://default:12?hush@host',
    'redis://u:x@y/hush@host',
    'redis://a, redis://default:p#hush@b',
    'redis://:p,hush@host',
    'redis://u:12,hush@host',
  ])('[R4] a character that cuts REDIS_URL=%j within its password is told of, and the password is not', (url) => {
    const complaint = complaintOf({ REDIS_URL: url })
    expect(complaint).toContain('must be percent-encoded in its name and its password: / is %2F, # is %23, ? is %3F')
    expect(complaint).not.toContain('hush')
  })

  test.each([
    'redis://u:p@host:99999',
    'redis://u:p@host:port',
    'redis//u:p@host',
    'u:p@host',
    'redis://a,http://u:p@b',
  ])('[R4] REDIS_URL=%j is not taken for one with a wrong password', (url) => {
    expect(complaintOf({ REDIS_URL: url })).toContain('must be redis:// or rediss:// URLs')
  })

  test('[R4] a REDIS_URL without a host is refused, unless Sentinels tell the host', () => {
    for (const url of ['redis://', 'redis:///1', 'rediss:', 'redis://a, redis://'])
      expect(complaintOf({ REDIS_URL: url })).toBe('REDIS_URL: must name a host, as redis://127.0.0.1:6379 does')
    expect(readSettings({ REDIS_URL: 'redis:///1', REDIS_SENTINELS: 's:26379' }).REDIS_URL).toEqual(['redis:///1'])
  })

  test('[R5] a value is trimmed', () => {
    const blanks = {
      SESSION_TTL: ' 60\r\n',
      LLM_MODEL: '\tgood ',
      OPENAI_API_KEY: 'sk-1\n',
      REDIS_URL: ' redis://a:1 ',
    }
    expect(readSettings(blanks)).toMatchObject({
      SESSION_TTL: 60,
      LLM_MODEL: 'good',
      OPENAI_API_KEY: 'sk-1',
      REDIS_URL: ['redis://a:1'],
    })
    expect(readSettings({ SESSION_TTL: ' ' })).toEqual(readSettings({}))
    expect(readSettings({ SYSTEM_PROMPT: ' \n' }).SYSTEM_PROMPT).toBe('')
    expect(readSettings({ SYSTEM_PROMPT: 'One.\n\nTwo 👩‍🚀' }).SYSTEM_PROMPT).toBe('One.\n\nTwo 👩‍🚀')
  })

  test.each([
    ['OPENAI_API_KEY', 'sk-\u200babc', 'U+200B'],
    ['OPENAI_API_KEY', 'sk-abc\nsk-def', 'U+000A'],
    ['OPENAI_API_KEY', 'sk-abc def', 'U+0020'],
    ['OPENAI_API_KEY', 'sk-äbc', 'U+00E4'],
    ['JWT_SECRET', `${'s'.repeat(40)}\u2060s`, 'U+2060'],
    ['LLM_MODEL', 'good\u00admodel', 'U+00AD'],
    ['LLM_MODEL', 'good model', 'U+0020'],
    ['OPENAI_BASE_URL', 'http://127.0.0.1/v1\u200b', 'U+200B'],
    ['OPENAI_BASE_URL', 'http://127.0.0.1/\tv1', 'U+0009'],
    ['RETRIEVER_URL', 'http://127.0.0.1/a b', 'U+0020'],
    ['REDIS_URL', 'redis://a:1, redis://b\u200b:2', 'REDIS_URL'],
    ['REDIS_MASTER', 'my master', 'U+0020'],
    ['HOST', '127.0.0.1\u200e', 'U+200E'],
    ['ALLOWED_ORIGINS', 'https://a.example\u200b', 'ALLOWED_ORIGINS'],
    ['LLM_HEADERS', '{"x key":"1"}', 'LLM_HEADERS'],
    ['LLM_HEADERS', '{"x-key":"a\\nb"}', 'LLM_HEADERS'],
    ['LLM_HEADERS', '{"content-length":"7"}', 'content-length'],
    ['LLM_HEADERS', '{"x-key":7}', 'LLM_HEADERS'],
  ])('[R5] %s=%j can never work, and stops the start', (name, value, told) => {
    const complaint = complaintOf({ [name]: value })
    expect(complaint).toContain(`${name}=`)
    expect(complaint).toContain(told)
  })

  test('[X3] a JWT_SECRET is at least as long as its hash', () => {
    expect(complaintOf({ JWT_SECRET: 's'.repeat(31) })).toContain('JWT_SECRET="(hidden)": must be of at least 32 bytes')
    expect(readSettings({ JWT_SECRET: 'ä'.repeat(16) }).JWT_SECRET).toBe('ä'.repeat(16))
    const [good, short] = ['s'.repeat(32), 's'.repeat(31)]
    const complaint = complaintOf({ JWT_SECRET: good, JWT_OTHER_SECRETS: `${good}, ${short}` })
    expect(complaint).toContain('JWT_OTHER_SECRETS="(hidden)": must be each of at least 32 bytes')
    expect(readSettings({ JWT_SECRET: good, JWT_OTHER_SECRETS: `${good}1, ${good}2` }).JWT_OTHER_SECRETS).toEqual([
      `${good}1`,
      `${good}2`,
    ])
  })

  test('ADMIN_TOKEN holds operators’ tokens, with their names or without', () => {
    const [one, two] = ['1'.repeat(32), '2'.repeat(32)]
    expect(readSettings({ ADMIN_TOKEN: `anna:${one}, ${two}` }).ADMIN_TOKEN).toEqual([
      { name: 'anna', token: one },
      { name: 'operator', token: two },
    ])
    const complaint = complaintOf({ ADMIN_TOKEN: `anna:${one},ben:hush` })
    expect(complaint).toContain('ADMIN_TOKEN="(hidden)": must be tokens of at least 32 visible ASCII characters')
    expect(complaint).not.toContain('hush')
  })

  test('[R4] an ADMIN_TOKEN without a token, or with one twice, is refused', () => {
    const [one, two] = ['hush1'.repeat(8), 'hush2'.repeat(8)]
    expect(complaintOf({ ADMIN_TOKEN: ',' })).toContain('must be tokens of at least 32')
    expect(complaintOf({ ADMIN_TOKEN: `anna:${one},ben:${one}` })).toBe(
      'ADMIN_TOKEN="(hidden)": must be of tokens that differ',
    )
    // The old and the new one of the same operator, while they are changed.
    expect(readSettings({ ADMIN_TOKEN: `anna:${one},anna:${two}` }).ADMIN_TOKEN).toHaveLength(2)
  })

  test('IPv6 is an address like any other', () => {
    const settings = readSettings({
      HOST: '::1',
      REDIS_SENTINELS: '[::1]:26379, [fe80::2]:1',
      REDIS_URL: 'redis://[::1]:6379',
    })
    expect(settings.REDIS_SENTINELS).toEqual(['[::1]:26379', '[fe80::2]:1'])
    expect(settings.TRUST_USER_ID).toBe(true)
    expect(readSettings({ HOST: '0.0.0.0' }).TRUST_USER_ID).toBe(false)
  })

  test('[R6] BASE_PATH loses the slash at its end', () => {
    expect(readSettings({ BASE_PATH: '/chat/' }).BASE_PATH).toBe('/chat')
    expect(readSettings({ BASE_PATH: '/' }).BASE_PATH).toBe('')
  })

  describe('[R6] a secret in a file', () => {
    test.each([
      ['OPENAI_API_KEY', 'sk-1', 'sk-1'],
      ['JWT_SECRET', 's'.repeat(32), 's'.repeat(32)],
      ['REDIS_URL', 'redis://:hush@a:1', ['redis://:hush@a:1']],
      ['REDIS_SENTINEL_PASSWORD', 'hush', 'hush'],
      ['LLM_HEADERS', '{"x-key": "hush"}', { 'x-key': 'hush' }],
      ['RETRIEVER_URL', 'http://u:p@a/', 'http://u:p@a/'],
      ['JWT_JWKS_URL', 'https://u:p@a/keys', 'https://u:p@a/keys'],
      ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://u:p@a:4318', 'http://u:p@a:4318'],
    ] as const)('%s_FILE', (name, content, value) => {
      expect(readSettings({ [`${name}_FILE`]: file(`${content}\r\n`) })[name]).toEqual(value)
    })

    test('is the only place of it, can be read, and is not empty', () => {
      expect(complaintOf({ OPENAI_API_KEY: 'sk-1', OPENAI_API_KEY_FILE: file('sk-2') })).toBe(
        'OPENAI_API_KEY and OPENAI_API_KEY_FILE: only one of them can be set',
      )
      expect(complaintOf({ JWT_SECRET_FILE: '/nowhere/secret' })).toBe(
        'JWT_SECRET_FILE="/nowhere/secret": must be a file that can be read (ENOENT)',
      )
      expect(complaintOf({ JWT_SECRET_FILE: tmpdir() })).toContain('(EISDIR)')
      expect(complaintOf({ JWT_SECRET_FILE: file(' \n') })).toContain('must be a file that is not empty')
    })

    test('is held to the same rules', () => {
      const complaint = complaintOf({ OPENAI_API_KEY_FILE: file('hush\nhush') })
      expect(complaint).toContain('OPENAI_API_KEY="(hidden)": must be of visible ASCII characters')
      expect(complaint).not.toContain('hush')
    })
  })

  test('a client certificate and its key come together', () => {
    const complaint = 'REDIS_TLS_CERT and REDIS_TLS_KEY: one needs the other'
    expect(complaintOf({ REDIS_TLS_CERT: file('cert') })).toBe(complaint)
    expect(complaintOf({ REDIS_TLS_KEY: file('key') })).toBe(complaint)
  })

  describe('remarks', () => {
    const remarks = (env: Record<string, string>) => remarksOn(env, readSettings(env))

    test.each([
      ['LLM_MODLE', 'LLM_MODEL'],
      ['REDIS_ULR', 'REDIS_URL'],
      ['SESSION_TLL', 'SESSION_TTL'],
      ['OPENAI_APIKEY', 'OPENAI_API_KEY'],
      ['OPENAI_BASEURL', 'OPENAI_BASE_URL'],
      ['LLM_TIMEOUT', 'LLM_TIMEOUT_MS'],
      ['SESSION_TTL_SECONDS', 'SESSION_TTL'],
      ['REPLICA', 'REPLICAS'],
      ['JWT_SECRET_FIEL', 'JWT_SECRET_FILE'],
      ['redis_url', 'REDIS_URL'],
      ['SYSTEM_PROMPT_FILE', 'SYSTEM_PROMPT'],
      ['REDIS_TLS_KEY_FILE', 'REDIS_TLS_KEY'],
    ])('[R5] %s is warned of: %s is meant', (name, meant) => {
      expect(remarks({ [name]: 'x' })).toEqual([`${name} is no setting of Baton; is ${meant} meant?`])
    })

    test("[R5] no setting and no other program's variable is warned of", () => {
      const others = `PATH HOME HOSTNAME PORTS HOSTS LANG SHELL USER LOGNAME TERM PWD OLDPWD EDITOR DISPLAY NODE_ENV NODE_OPTIONS
        REDIS_HOST REDIS_PORT REDIS_PASSWORD REDIS_TLS_URL REDISCLOUD_URL DATABASE_URL OPENAI_ORG_ID OPENAI_API_BASE
        OPENAI_API_TYPE OPENAI_MODEL LLM_PROVIDER LLM_API_KEY JWT_PRIVATE_KEY SESSION_ID SESSION_SECRET AUTH_TOKEN
        SYSTEMD_EXEC_PID XDG_DATA_DIRS INVOCATION_ID KUBERNETES_PORT REPLICAS DATA_DIR HEALTH_TIMEOUT_MS RESTART_DELAY_MS
        DEMO_TOKENS_PER_SECOND OPENAI_API_KEY_FILE npm_config_cache npm_lifecycle_event`
      expect(
        remarks({
          ...Object.fromEntries(
            others
              .trim()
              .split(/\s+/)
              .map((name) => [name, '']),
          ),
        }),
      ).toEqual([])
    })

    test('[X3] everybody can come in', () => {
      expect(remarks({ HOST: '0.0.0.0' })).toEqual([expect.stringContaining('AUTH=none')])
      expect(remarks({ HOST: '0.0.0.0', AUTH: 'jwt', JWT_SECRET: 's'.repeat(32) })).toEqual([])
      expect(remarks({})).toEqual([])
    })

    test('[X3] tokens are set up, and nobody is asked for one', () => {
      for (const env of [{ JWT_SECRET: 's'.repeat(32) }, { JWT_JWKS_URL: 'https://id.example/keys' }]) {
        expect(remarks(env)).toEqual([expect.stringMatching(/^JWT_\w+ is set, but AUTH=none/)])
        expect(remarks({ ...env, AUTH: 'jwt' })).toEqual([])
      }
    })

    test('[R6] of a BASE_PATH that nginx.conf keeps from the public', () => {
      for (const path of ['/admin', '/a/admin/b', '/my/metrics'])
        expect(remarks({ BASE_PATH: path })).toEqual([expect.stringContaining(`BASE_PATH=${path}`)])
      for (const path of ['/metrics/b', '/administration', '/chat']) expect(remarks({ BASE_PATH: path })).toEqual([])
    })
  })
})

/** A file that goes away with the test. */
function file(content: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'baton-settings-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const path = join(directory, 'secret')
  writeFileSync(path, content)
  return path
}
