import { get } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.ts'

let cluster: Cluster
beforeAll(async () => {
  cluster = await startCluster({ replicas: 2, nginx: true, env: { STORE: 'memory' } })
})
afterAll(() => cluster?.stop())

interface Served {
  readonly status: number | undefined
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: Buffer
}

function served(url: string, acceptEncoding = 'gzip, deflate'): Promise<Served> {
  return new Promise((resolve, reject) => {
    const headers = { 'accept-encoding': acceptEncoding, origin: 'https://site.example' }
    get(url, { headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) }),
      )
    }).on('error', reject)
  })
}

/** Bytes on the wire of a script and all that has to be there before it runs, with the paths of those files. */
async function weigh(url: string, seen = new Map<string, number>()): Promise<Map<string, number>> {
  if (seen.has(url)) return seen
  seen.set(url, 0)
  const { status, headers, body } = await served(url)
  expect(status).toBe(200)
  expect(headers['content-encoding']).toBe('gzip')
  seen.set(url, body.length)
  for (const [, path = ''] of gunzipSync(body)
    .toString()
    .matchAll(/(?:\bfrom|\bimport)"(\.[^"]+\.js)"/g)) {
    await weigh(new URL(path, url).href, seen)
  }
  return seen
}

/** What a script loads when it is needed. */
async function partsOf(url: string): Promise<string[]> {
  const { body } = await served(url)
  const paths = [
    ...gunzipSync(body)
      .toString()
      .matchAll(/\bimport\("(\.[^"]+\.js)"\)/g),
  ].map(([, path = '']) => path)
  return paths.map((path) => new URL(path, url).href)
}

async function allPartsOf(files: Iterable<string>): Promise<string[]> {
  return (await Promise.all([...files].map(partsOf))).flat()
}

const kib = (weights: Map<string, number>) => [...weights.values()].reduce((sum, each) => sum + each) / 1024

describe.each(['nginx', 0] as const)('[W1] as %s serves it', (place) => {
  test('the launcher is there with 20 KiB, an inline chat with 60; colours and languages are not among them', async () => {
    const launcher = await weigh(`${cluster.urlOf(place)}/widget.js`)
    const launcherKib = kib(launcher)
    const later = await allPartsOf(launcher.keys())
    const chatFile = later.find((url) => url.includes('/chat-element-')) ?? 'none'
    const chat = await weigh(chatFile, launcher)
    console.info(`${place}: launcher ${launcherKib.toFixed(1)} KiB, chat ${kib(chat).toFixed(1)} KiB`)
    expect(launcherKib).toBeLessThan(20)
    expect(kib(chat)).toBeLessThan(60)
    const last = await allPartsOf(chat.keys())
    for (const name of ['colours', 'de', 'streamed-markdown']) {
      const file = last.find((url) => url.includes(`/assets/${name}-`))
      expect(file).toBeDefined()
      expect(chat.has(file ?? '')).toBe(false)
    }
  })

  test('what is named by its content is kept for ever, the script itself is asked for; each as small as the browser takes it', async () => {
    const url = `${cluster.urlOf(place)}/widget.js`
    const script = await served(url)
    expect(script.headers['cache-control']).toBe('no-cache')
    const asset = [...(await weigh(url)).keys()].find((file) => file.includes('/assets/')) ?? 'none'
    const { headers, body } = await served(asset, 'gzip, br')
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect(headers['content-encoding']).toBe('br')
    expect(headers['content-type']).toMatch(/javascript; charset=utf-8$/)
    expect(headers['access-control-allow-origin']).toBeDefined()
    expect(String(headers.vary).toLowerCase()).toContain('accept-encoding')
    expect(body.length).toBeLessThan((await served(asset, 'gzip')).body.length)
    const plain = await served(asset, 'identity')
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(plain.body.length).toBeGreaterThan(body.length)
    expect((await served(`${asset}.br`)).status).toBe(404)
  })
})
