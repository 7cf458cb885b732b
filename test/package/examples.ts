import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished } from 'vitest'
import { ownerOf } from '../fault/fixtures.ts'
import { type Cluster, type ClusterOptions, startCluster } from '../support/cluster.ts'
import { eventually, type Latch } from '../support/conditions.ts'
import { ScriptedGateway } from '../support/scripted-gateway.ts'

export const ROOT = join(import.meta.dirname, '../..')
export const EXAMPLES = join(ROOT, 'examples')
/** Where each example looks for its gateway. */
export const GATEWAY = 'http://localhost:8080'
export const BUILD_MS = 600_000
export const TEXT = 'Grüße 👩‍👩‍👧‍👦 and 👍🏽, 日本語 𠮷野家, مرحبا بالعالم, e\u0301 — all of it, in order. 🏃‍♀️➡️'
export const FIRST = TEXT.slice(0, TEXT.indexOf('日'))

export function run(
  directory: string,
  [program = '', ...args]: readonly string[],
  timeout = 60_000,
  env = process.env,
) {
  return promisify(execFile)(program, args, { cwd: directory, timeout, env, maxBuffer: 64 * 1024 * 1024 })
}

/** A copy of an example that asks the gateway at `url`; gone when the test has finished. */
export function copyOf(name: string, url: string): string {
  const directory = mkdtempSync(join(tmpdir(), `baton-example-${name}-`))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const isSource = (path: string) => !/\/(node_modules|dist|target|out|\.angular|\.next)$/.test(path)
  cpSync(join(EXAMPLES, name), directory, { recursive: true, filter: isSource })
  for (const path of globSync('**/*.{html,js,jsx,mjs,svelte,ts,tsx,vue}', { cwd: directory })) {
    const file = join(directory, path)
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll(GATEWAY, url))
  }
  return directory
}

export async function npmInstall(directory: string, ...packages: string[]): Promise<void> {
  await run(directory, ['npm', 'install', '--prefer-offline', '--no-audit', '--no-fund', ...packages], BUILD_MS)
}

/** Starts a server of an example; gives the address that it prints. */
export async function serve(directory: string, file: string, env: Record<string, string>): Promise<string> {
  const server = spawn(process.execPath, [file], {
    cwd: directory,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => end(server))
  const [line] = await once(server.stdout, 'data')
  return String(line).trim()
}

export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

/** A cluster of a test's own, ended with it. */
export async function clusterOf(options: ClusterOptions): Promise<Cluster> {
  const cluster = await startCluster({ replicas: 2, nginx: true, ...options })
  onTestFinished(() => cluster.stop())
  return cluster
}

/** Kills the replica that writes once the first text is stored; the model says the rest after that. */
export async function killTheOwner(cluster: Cluster): Promise<void> {
  const redis = cluster.inspect()
  const sessionId = await eventually('a running text is stored', async () => {
    const [key = ''] = await redis.keys('session:*:text:*')
    return (await redis.strlen(key)) > 1 && (/^session:\{(.+)\}/.exec(key)?.[1] ?? false)
  })
  const owner = cluster.replica((await ownerOf(redis, sessionId)) ?? -1)
  await owner.kill()
  onTestFinished(() => owner.start())
}

/** The model says a half, and the rest once the replica that asked first is dead. */
export function inTwoHalves({ model }: Cluster): Latch {
  return model.saysInTwo(FIRST, TEXT.slice(FIRST.length))
}

/** A scripted gateway of a test's own, ended with it. */
export async function scriptedGateway(path?: string, port?: number): Promise<ScriptedGateway> {
  const gateway = await ScriptedGateway.start(path, port)
  onTestFinished(() => gateway.close())
  return gateway
}

/** A port that was free a moment ago: two processes that need each other's address start with it. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
