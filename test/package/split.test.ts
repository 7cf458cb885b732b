import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Replica } from '../support/replica.ts'
import { type ScriptedModel, startScriptedModel } from '../support/scripted-model.ts'
import { InstalledProject } from './installed.ts'

const ASK = readFileSync(join(import.meta.dirname, 'consumer/ask.mjs'), 'utf8')

let model: ScriptedModel
beforeAll(async () => {
  model = await startScriptedModel()
})
afterAll(() => model?.close())

describe('the two packages of npm run pack', () => {
  let client: InstalledProject
  let gateway: InstalledProject
  beforeAll(async () => {
    client = await InstalledProject.createFrom('client')
    gateway = await InstalledProject.createFrom('gateway')
  })
  afterAll(() => {
    client?.remove()
    gateway?.remove()
  })

  test('the client installs nothing that only the gateway needs', () => {
    const needs = Object.keys(dependenciesOf(gateway, '@baton-chat/gateway'))
    const own = Object.keys(dependenciesOf(client, '@baton-chat/client'))
    const others = needs.filter((name) => !own.includes(name) && name !== 'ws') // which socket.io-client needs, too
    expect(others).toEqual(expect.arrayContaining(['fastify', 'ioredis', 'socket.io', 'undici']))
    expect(others.filter((name) => existsSync(client.path('node_modules', name)))).toEqual([])
  })

  test.each(['', '/react', '/ai-sdk', '/widget'])('@baton-chat/client%s can be bundled for browsers', async (entry) => {
    const { warnings } = await build({
      stdin: { contents: `export * from '@baton-chat/client${entry}'`, resolveDir: client.directory },
      bundle: true,
      format: 'esm',
      platform: 'browser',
      external: ['react', 'ai'],
      write: false,
    })
    expect(warnings).toEqual([])
  })

  test('the client of one talks to the gateway of the other', async () => {
    const env = { STORE: 'memory', HOST: '127.0.0.1', OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-test' }
    const replica = new Replica('packed', env, [gateway.path('node_modules/.bin/baton'), 'gateway'])
    await replica.start()
    try {
      model.say('from two packages')
      writeFileSync(client.path('ask.mjs'), ASK.replace('baton/client', '@baton-chat/client'))
      const { stdout } = await client.run(process.execPath, 'ask.mjs', replica.url, 'go')
      expect(stdout).toBe('from two packages\ntoo_large')
      for (const file of ['widget.js', 'client.js', ''])
        expect((await fetch(`${replica.url}/${file}`)).status).toBe(200)
    } finally {
      await replica.drain()
    }
  })
})

function dependenciesOf(project: InstalledProject, name: string): Record<string, string> {
  return JSON.parse(readFileSync(project.path('node_modules', name, 'package.json'), 'utf8')).dependencies
}
