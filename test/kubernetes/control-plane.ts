import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../support/conditions.ts'
import { type Program, program, stages } from './tools.ts'

const TOKEN = 'of-this-test-alone'
const START_MS = 60_000

// biome-ignore lint/suspicious/noExplicitAny: tests look into objects whose shape they check
export type Manifest = any

export interface Reply {
  readonly status: number
  readonly body: Manifest
}

/**
 * A real control plane of Kubernetes: etcd, API server, controllers and scheduler. Its nodes are kwok's, which say of each pod
 * that it runs: what is asked of Kubernetes is tried, not what a pod does.
 */
export class ControlPlane {
  readonly kubeconfig: string
  readonly #directory: string
  readonly #port: number
  readonly #processes = new Map<Program, ChildProcess>()

  static async start(): Promise<ControlPlane> {
    const plane = new ControlPlane(await freePort())
    try {
      await plane.#start()
      return plane
    } catch (error) {
      const said = plane.logs()
      await plane.stop()
      throw new Error(`the control plane does not start:\n${said}`, { cause: error })
    }
  }

  private constructor(port: number) {
    this.#port = port
    this.#directory = mkdtempSync(join(tmpdir(), 'baton-kubernetes-'))
    this.kubeconfig = join(this.#directory, 'kubeconfig')
  }

  async #start(): Promise<void> {
    const file = (name: string) => join(this.#directory, name)
    execFileSync('openssl', ['genrsa', '-out', file('accounts.key'), '2048'], { stdio: 'ignore' })
    writeFileSync(file('tokens.csv'), `${TOKEN},admin,admin,system:masters\n`)
    const server = `https://127.0.0.1:${this.#port}`
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster: { server, 'insecure-skip-tls-verify': true } }],
      users: [{ name: 'admin', user: { token: TOKEN } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
      'current-context': 'test',
    }
    writeFileSync(this.kubeconfig, JSON.stringify(config))
    const etcd = `http://127.0.0.1:${await freePort()}`
    const peers = `http://127.0.0.1:${await freePort()}`
    this.#run('etcd', [
      `--data-dir=${file('etcd')}`,
      `--listen-client-urls=${etcd}`,
      `--advertise-client-urls=${etcd}`,
      `--listen-peer-urls=${peers}`,
      `--initial-advertise-peer-urls=${peers}`,
      `--initial-cluster=default=${peers}`,
      '--unsafe-no-fsync',
    ])
    this.#run('kube-apiserver', [
      `--etcd-servers=${etcd}`,
      `--secure-port=${this.#port}`,
      '--bind-address=127.0.0.1',
      '--endpoint-reconciler-type=none',
      `--cert-dir=${file('certificates')}`,
      `--token-auth-file=${file('tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--service-cluster-ip-range=10.0.0.0/24',
      '--service-account-issuer=https://test',
      `--service-account-key-file=${file('accounts.key')}`,
      `--service-account-signing-key-file=${file('accounts.key')}`,
    ])
    await eventually('the API server is ready', () => this.#isReady(), START_MS)
    const own = [`--kubeconfig=${this.kubeconfig}`, '--leader-elect=false']
    const controllers = [
      `--service-account-private-key-file=${file('accounts.key')}`,
      '--use-service-account-credentials=false',
    ]
    this.#run('kube-controller-manager', [...own, ...controllers, '--secure-port=0'])
    this.#run('kube-scheduler', [...own, '--secure-port=0'])
    this.#run('kwok', [
      `--kubeconfig=${this.kubeconfig}`,
      `--config=${stages}`,
      '--manage-all-nodes=true',
      '--node-lease-duration-seconds=40',
      `--server-address=127.0.0.1:${await freePort()}`,
    ])
  }

  async #isReady(): Promise<boolean> {
    return this.call('GET', '/readyz').then(
      ({ status }) => status === 200,
      () => false,
    )
  }

  #run(name: Program, args: readonly string[]): void {
    // Into a file, not a pipe: whoever cannot write what it does stands still.
    const log = openSync(join(this.#directory, `${name}.log`), 'w')
    const child = spawn(program(name), args, { stdio: ['ignore', log, log] })
    closeSync(log)
    process.once('exit', () => child.kill('SIGKILL'))
    this.#processes.set(name, child)
  }

  /** The last lines that each process wrote. */
  logs(): string {
    return [...this.#processes.keys()]
      .map(
        (name) =>
          `${name}:\n${readFileSync(join(this.#directory, `${name}.log`), 'utf8')
            .split('\n')
            .slice(-15)
            .join('\n')}`,
      )
      .join('\n\n')
  }

  /** Nodes are told nothing, and say nothing, until `thaw`: no pod becomes ready and none goes. */
  freezeNodes(): void {
    this.#processes.get('kwok')?.kill('SIGSTOP')
  }

  thawNodes(): void {
    this.#processes.get('kwok')?.kill('SIGCONT')
  }

  call(method: string, path: string, body?: object): Promise<Reply> {
    const { promise, resolve, reject } = Promise.withResolvers<Reply>()
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
    const options = { host: '127.0.0.1', port: this.#port, path, method, headers, rejectUnauthorized: false }
    request(options, (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => {
        const isJson = response.headers['content-type']?.includes('json')
        resolve({ status: response.statusCode ?? 0, body: isJson ? JSON.parse(text) : text })
      })
    })
      .on('error', reject)
      .end(body && JSON.stringify(body))
    return promise
  }

  /** Like `call`; rejects where the API server refuses. */
  async ask(method: string, path: string, body?: object): Promise<Manifest> {
    const reply = await this.call(method, path, body)
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`)
    return reply.body
  }

  async addNode(name: string, zone: string): Promise<void> {
    const capacity = { cpu: '8', memory: '32Gi', pods: '110' }
    const labels = { 'kubernetes.io/hostname': name, 'topology.kubernetes.io/zone': zone }
    const annotations = { 'kwok.x-k8s.io/node': 'fake' }
    const status = { capacity, allocatable: capacity }
    await this.ask('POST', '/api/v1/nodes', { metadata: { name, labels, annotations }, status })
  }

  async stop(): Promise<void> {
    this.thawNodes()
    for (const child of [...this.#processes.values()].reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    }
    rmSync(this.#directory, { recursive: true, force: true })
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
