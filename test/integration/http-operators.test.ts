import { expect, onTestFinished, test } from 'vitest'
import { startCluster } from '../support/cluster.ts'

test('[H] with OPS_PORT, what operators ask is on that port alone; how the replica is, on both', async () => {
  const cluster = await startCluster({ env: { STORE: 'memory', OPS_PORT: '0', BASE_PATH: '/chat' } })
  onTestFinished(() => cluster.stop())
  const replica = cluster.replica(0)
  const operators = `http://127.0.0.1:${replica.logs.find(({ msg }) => msg === 'listening')?.opsPort}`
  const statusOf = async (place: string, path: string, method = 'GET') =>
    (await fetch(`${place}/chat${path}`, { method })).status
  for (const path of ['/healthz', '/readyz', '/version']) {
    expect([await statusOf(operators, path), await statusOf(replica.url, path)], path).toEqual([200, 200])
  }
  expect([await statusOf(operators, '/metrics'), await statusOf(replica.url, '/metrics')]).toEqual([200, 404])
  const series = await (await fetch(`${operators}/chat/metrics`)).text()
  expect(series).toMatch(/^baton_http_requests_total\{method="GET",route="\/chat\/healthz",status="200",.*\} 2$/m)

  expect(await statusOf(operators, '/api/chat/sessions', 'POST')).toBe(404)
  expect(await statusOf(operators, '/')).toBe(404)
  expect(await statusOf(operators, '/metrics', 'POST')).toBe(405)
  const { paths } = (await (await fetch(`${replica.url}/chat/openapi.json`)).json()) as { paths: object }
  expect(Object.keys(paths)).not.toContain('/metrics')
})
