import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Replica } from '../support/replica.ts'
import { type ScriptedModel, startScriptedModel } from '../support/scripted-model.ts'
import { InstalledProject } from './installed.ts'

const ROOT = join(import.meta.dirname, '../..')
/** An entry of a package, as prose and code name it. `baton/…` would be one of the tree's own. */
const ENTRY = /(?<=[`'"])(?:@baton-chat|baton)\/[a-z][a-z/-]*(?=[`'"])/g

interface Manifest {
  name: string
  version: string
  exports: Record<string, unknown>
  dependencies: Record<string, string>
}

let model: ScriptedModel
beforeAll(async () => {
  model = await startScriptedModel()
})
afterAll(() => model?.close())

describe('the two packages of npm run pack', () => {
  let client: InstalledProject
  let gateway: InstalledProject
  beforeAll(async () => {
    ;[client, gateway] = await Promise.all([InstalledProject.create('client'), InstalledProject.create('gateway')])
  })
  afterAll(() => {
    client?.remove()
    gateway?.remove()
  })

  test('the client installs nothing that only the gateway needs', () => {
    const needs = Object.keys(manifestIn(gateway, '@baton-chat/gateway').dependencies)
    const own = Object.keys(manifestIn(client, '@baton-chat/client').dependencies)
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

  test('the command says its version', async () => {
    const { version } = manifestIn(gateway, '@baton-chat/gateway')
    expect((await gateway.run(process.execPath, 'node_modules/.bin/baton', '--version')).stdout).toBe(`${version}\n`)
  })

  test('each has a README of its own, which tells nobody to run what is not in it', () => {
    for (const [project, name] of [
      [client, '@baton-chat/client'],
      [gateway, '@baton-chat/gateway'],
    ] as const) {
      const readme = readFileSync(project.path('node_modules', name, 'README.md'), 'utf8')
      expect(readme).toMatch(new RegExp(`^# ${name}\n`))
      expect(readme).not.toMatch(/npm (start|test|run)|\]\((?!https:)/)
    }
  })

  test('the client of one talks to the gateway of the other', async () => {
    client.add('ask.mjs')
    await talk(client, gateway)
  })

  test('docs, examples and code name their entries, and no others', () => {
    const entries = [manifestIn(client, '@baton-chat/client'), manifestIn(gateway, '@baton-chat/gateway')].flatMap(
      ({ name, exports }) => [name, ...Object.keys(exports).map((path) => name + path.slice(1))],
    )
    const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.md', 'examples', 'src'], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    const named = files
      .split('\n')
      // This page alone explains the tree's own name.
      .filter((path) => path !== 'CONTRIBUTING.md' && /\.(md|txt|[jt]sx?|mjs|svelte|vue|html)$/.test(path))
      .flatMap((path) => readFileSync(join(ROOT, path), 'utf8').match(ENTRY) ?? [])
    expect(new Set(named)).toContain('@baton-chat/client/widget/colours')
    expect(named.filter((entry) => !entries.includes(entry))).toEqual([])
  })
})

test('the tree, packed as one by npm pack, has the client and the command under its own name', async () => {
  const tree = await InstalledProject.createFromTree()
  try {
    tree.add('ask.mjs')
    const script = readFileSync(tree.path('ask.mjs'), 'utf8')
    writeFileSync(tree.path('ask.mjs'), script.replace('@baton-chat/client', 'baton/client'))
    await talk(tree, tree)
  } finally {
    tree.remove()
  }
})

/** Runs the gateway of one project, and the ask.mjs of the other against it. */
async function talk(client: InstalledProject, gateway: InstalledProject): Promise<void> {
  const env = { STORE: 'memory', HOST: '127.0.0.1', OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'sk-test' }
  const replica = new Replica('packed', env, [gateway.path('node_modules/.bin/baton'), 'gateway'])
  await replica.start()
  try {
    model.say('from a packed replica')
    const { stdout } = await client.run(process.execPath, 'ask.mjs', replica.url, 'go')
    expect(stdout).toBe('from a packed replica\ntoo_large')
    for (const file of ['widget.js', 'client.js', '']) expect((await fetch(`${replica.url}/${file}`)).status).toBe(200)
  } finally {
    await replica.drain()
  }
}

function manifestIn(project: InstalledProject, name: string): Manifest {
  return JSON.parse(readFileSync(project.path('node_modules', name, 'package.json'), 'utf8'))
}
