import { expect, onTestFinished, test } from 'vitest'
import { startCluster } from '../support/cluster.ts'

test.each(['0', '1'])(
  '[R6] BASE_PATH mounts everything under a prefix, and nothing elsewhere (DEMO=%s)',
  async (DEMO) => {
    const cluster = await startCluster({ env: { STORE: 'memory', BASE_PATH: '/chat/', DEMO }, nginx: true })
    onTestFinished(() => cluster.stop())
    for (const place of [cluster.urlOf(0), cluster.urlOf('nginx')]) {
      const get = (path: string) => fetch(`${place}${path}`, { redirect: 'manual' })
      for (const path of [
        '/healthz',
        '/readyz',
        '/metrics',
        '/openapi.json',
        '/widget.js',
        '/client.js',
        '/index.html',
        '/',
      ]) {
        expect((await get(`/chat${path}`)).status, path).toBe(200)
        expect((await get(path)).status, path).toBe(404)
      }
      const slashless = await get('/chat?x=1')
      expect(slashless.status).toBe(302)
      expect(slashless.headers.get('location')).toBe('/chat/')

      const page = await (await get('/chat/')).text()
      const assets = [...page.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, path = '']) => path)
      expect(assets.length).toBeGreaterThan(4)
      for (const asset of assets) expect((await fetch(new URL(asset, `${place}/chat/`))).status, asset).toBe(200)

      const created = await fetch(`${place}/chat/api/chat/sessions`, { method: 'POST' })
      const { session_id } = (await created.json()) as { session_id: string }
      expect(created.status).toBe(201)
      cluster.model.say('Hello')
      const answer = await fetch(`${place}/chat/api/chat/sessions/${session_id}/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ message: 'Hi' }),
      })
      expect(await answer.json()).toMatchObject({ assistant_response: 'Hello' })
      const { paths, servers } = (await (await get('/chat/openapi.json')).json()) as {
        paths: object
        servers: object[]
      }
      expect(servers).toEqual([{ url: '/chat' }])
      expect(Object.keys(paths)).toContain('/api/chat/sessions')
    }
  },
)
