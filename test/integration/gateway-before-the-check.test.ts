/** What must not happen for a caller before, or without, the check that it may (X3, X4). */
import { expect, onTestFinished, test } from 'vitest'
import { type Cluster, type ClusterOptions, startCluster } from '../support/cluster.ts'

async function clusterOf(options: ClusterOptions): Promise<Cluster> {
  const cluster = await startCluster(options)
  onTestFinished(() => cluster.stop())
  return cluster
}

test.each([
  ['is not told whom a client names where user ids are not trusted', { TRUST_USER_ID: '0' }, undefined],
  ['is told where they are', { TRUST_USER_ID: '1' }, 'ann'],
])('[X3] with AUTH=none and LLM_IDENTITY=on the provider %s', async (_, env, told) => {
  const cluster = await clusterOf({ env: { STORE: 'memory', LLM_IDENTITY: 'on', ...env } })
  const stranger = await cluster.connect()
  const { session } = await stranger.open({ userId: 'ann' })
  await stranger.ended((await stranger.send(session.id, 'What do I owe?')).answer.id)
  const { headers, body } = cluster.model.requests.at(-1) ?? {}
  expect({ header: headers?.['x-baton-user'], field: body?.user }).toEqual({ header: told, field: told })
  expect(headers?.['x-baton-session']).toBe(session.id)
})
