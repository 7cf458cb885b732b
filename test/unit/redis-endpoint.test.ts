import { expect, test } from 'vitest'
import { readSettings } from '../../src/config/settings.ts'
import { endpointOf } from '../../src/store/redis/endpoint.ts'
import { RedisUnusable } from '../../src/store/redis/unusable.ts'

const of = (env: Record<string, string>) => endpointOf(readSettings({ OPENAI_API_KEY: 'sk-test', ...env }))

test('[R4] one URL is one Redis, as it stands', () => {
  expect(of({})).toMatchObject({ kind: 'node', url: 'redis://127.0.0.1:6379' })
  const url = 'rediss://ann:p%40ss@redis.example:6390/3'
  expect(of({ REDIS_URL: url })).toMatchObject({ kind: 'node', url, name: 'Redis at redis.example:6390' })
})

test('[R4] a comma list is a Cluster, whose nodes share what one of the URLs says of signing in', () => {
  expect(of({ REDIS_URL: 'rediss://a, rediss://ann:p%40ss@b:7001, rediss://[::1]:7002' })).toEqual({
    kind: 'cluster',
    name: 'The Redis Cluster at a, b:7001, [::1]:7002',
    credentials: { username: 'ann', password: 'p@ss', tls: {} },
    nodes: [
      { host: 'a', port: 6379 },
      { host: 'b', port: 7001 },
      { host: '::1', port: 7002 },
    ],
  })
})

test('[R4] Sentinels name the Redis, and REDIS_URL at most how to sign in there', () => {
  const group = { REDIS_SENTINELS: 'a:26379,b:26380', REDIS_MASTER: 'chat' }
  expect(of(group)).toMatchObject({
    kind: 'sentinel',
    name: 'The Redis "chat" of the Sentinels a:26379, b:26380',
    credentials: {},
    options: {
      name: 'chat',
      sentinels: [
        { host: 'a', port: 26379 },
        { host: 'b', port: 26380 },
      ],
    },
  })
  const encrypted = of({ ...group, REDIS_URL: 'rediss://:secret@ignored/2' })
  expect(encrypted.credentials).toEqual({ password: 'secret', db: 2, tls: {} })
  expect(encrypted).toMatchObject({ options: { sentinelTLS: {}, enableTLSForSentinelMode: true } })
})

test('[R4] what names an endpoint in messages carries no password', () => {
  const secret = { REDIS_URL: 'redis://:hunter2@a,redis://:hunter2@b' }
  expect(of(secret).name).not.toContain('hunter2')
  expect(of({ REDIS_URL: 'redis://:hunter2@a' }).name).not.toContain('hunter2')
})

test('[R4] a slash in a password of REDIS_URL is told of, and not what is behind it', () => {
  const start = () => of({ REDIS_URL: 'redis://user:12/34hush@host:99999' })
  expect(start).toThrow(RedisUnusable)
  expect(start).toThrow(/^REDIS_URL: (?!.*hush).*%2F/)
})
