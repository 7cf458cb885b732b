import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cluster, startCluster, type Where } from '../support/cluster.ts'

const OF_ANOTHER_VERSION = 'chunk-ZZZZZZZZ.js'

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({ replicas: 2, nginx: true, env: { STORE: 'memory', BASE_PATH: '/chat' } })
})
afterAll(() => cluster?.stop())

function get(where: Where, file: string, redirect: RequestRedirect = 'manual'): Promise<Response> {
  const headers = { origin: 'https://site.example' }
  return fetch(`${cluster.urlOf(where)}/chat/assets/${file}`, { redirect, headers })
}

test('[W1] whoever asks for a file of another version is sent on to the other replicas, and not for ever', async () => {
  const { status, headers } = await get(0, OF_ANOTHER_VERSION)
  expect(status).toBe(307)
  expect(headers.get('location')).toBe('?left=11')
  expect(headers.get('cache-control')).toBe('no-store')
  expect(headers.get('connection')).toBe('close')
  expect(headers.get('access-control-allow-origin')).not.toBeNull()

  const last = await get(0, OF_ANOTHER_VERSION, 'follow')
  expect(last.url).toBe(`${cluster.urlOf(0)}/chat/assets/${OF_ANOTHER_VERSION}?left=0`)
  expect(last.status).toBe(404)
  expect(await last.json()).toMatchObject({ error: { code: 'invalid' } })
})

test.each([
  'no-hash.js',
  `${OF_ANOTHER_VERSION}.br`,
  `${OF_ANOTHER_VERSION}.map`,
  `${OF_ANOTHER_VERSION}?left=-1`,
  `${OF_ANOTHER_VERSION}?left=many`,
  `${OF_ANOTHER_VERSION}?left=1&left=2`,
])('%s is not there at once', async (file) => {
  expect((await get(0, file)).status).toBe(404)
})

test('more redirects than browsers follow cannot be asked for', async () => {
  const { headers } = await get(0, `${OF_ANOTHER_VERSION}?left=1e9`)
  expect(headers.get('location')).toBe('?left=11')
})

test('nginx looks at the other replicas by itself, and sends nobody on', async () => {
  expect((await get('nginx', OF_ANOTHER_VERSION)).status).toBe(404)
})
