// npm run k8s: builds what the tests of the chart need beside Helm's lint: Helm itself, and Kubernetes without its nodes. About ten
// minutes on two cores, once; it is kept in .baton/tools.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const HELM = 'v4.3.0'
const KUBERNETES = 'v1.37.2'
const ETCD = 'v3.7.3'
const KWOK = 'v0.8.0'
const GATEWAY_API = 'v1.4.0'

const root = join(import.meta.dirname, '../..')
export const tools = join(root, '.baton/tools')
const sources = join(tools, 'kubernetes-src')

export const PROGRAMS = ['helm', 'etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'] as const
export type Program = (typeof PROGRAMS)[number]

export const program = (name: Program): string => join(tools, name)

/** The definitions of the Gateway API, as their project gives them. */
export const gatewayApi = join(tools, 'gateway-api.yaml')

/** How kwok's nodes and the pods on them behave: as nodes that work, at once. */
export const stages = join(tools, 'kwok-stages.yaml')
const STAGES = [
  'node/fast/node-initialize',
  'node/heartbeat-with-lease/node-heartbeat-with-lease',
  'pod/fast/pod-ready',
  'pod/fast/pod-complete',
  'pod/fast/pod-delete',
]

/** Of what is missing, in an empty module: `go build` of a package that `requires` name. */
function build(name: Program, modulePath: string, requires: () => string): void {
  if (existsSync(program(name))) return
  console.log(`Building ${name} …`)
  mkdirSync(sources, { recursive: true })
  writeFileSync(join(sources, 'go.mod'), requires())
  go('build', '-trimpath', '-ldflags', `-s -w ${stamps}`, '-o', program(name), modulePath)
  rmSync(sources, { recursive: true })
}

/** Without them the programs call themselves v0.0.0, which no chart is for. */
const [major, minor] = KUBERNETES.slice(1).split('.')
const stamps = Object.entries({ gitVersion: KUBERNETES, gitMajor: major, gitMinor: minor })
  .map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`)
  .join(' ')

function go(...args: string[]): string {
  const env = { ...process.env, GOFLAGS: '-mod=mod' }
  return execFileSync('go', args, { cwd: existsSync(sources) ? sources : tools, env, encoding: 'utf8' })
}

function download(module: string): { readonly Dir: string; readonly GoMod: string } {
  return JSON.parse(go('mod', 'download', '-json', module))
}

const requiring = (module: string, version: string) => `module tools\n\ngo 1.26\n\nrequire ${module} ${version}\n`

/** Its own go.mod has its parts at v0.0.0, from folders that the module does not carry. */
function requiringKubernetes(): string {
  const own = readFileSync(download(`k8s.io/kubernetes@${KUBERNETES}`).GoMod, 'utf8')
  const parts = new Set([...own.matchAll(/(k8s\.io\/[a-z-]+) v0\.0\.0$/gm)].map(([, part]) => part))
  const replaced = [...parts].map((part) => `replace ${part} => ${part} ${KUBERNETES.replace('v1', 'v0')}\n`)
  return requiring('k8s.io/kubernetes', KUBERNETES) + replaced.join('')
}

if (import.meta.main) {
  mkdirSync(tools, { recursive: true })
  build('helm', 'helm.sh/helm/v4/cmd/helm', () => requiring('helm.sh/helm/v4', HELM))
  build('etcd', 'go.etcd.io/etcd/server/v3', () => requiring('go.etcd.io/etcd/server/v3', ETCD))
  build('kwok', 'sigs.k8s.io/kwok/cmd/kwok', () => requiring('sigs.k8s.io/kwok', KWOK))
  for (const name of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const)
    build(name, `k8s.io/kubernetes/cmd/${name}`, requiringKubernetes)
  const definitions = download(`sigs.k8s.io/gateway-api@${GATEWAY_API}`).Dir
  const httpRoutes = join(definitions, 'config/crd/standard/gateway.networking.k8s.io_httproutes.yaml')
  writeFileSync(gatewayApi, readFileSync(httpRoutes))
  const kwok = download(`sigs.k8s.io/kwok@${KWOK}`).Dir
  const texts = STAGES.map((name) => readFileSync(join(kwok, `kustomize/stage/${name}.yaml`), 'utf8'))
  writeFileSync(stages, texts.join('\n---\n'))
}
