import type { CpuProfile, ProfileNode } from '../lib/inspector.ts'

/** Functions that are listed. */
const MOST = 30

/** Where the time of a token goes, by what the code is for. The innermost frame that one of them knows decides. */
const STAGES: readonly (readonly [string, RegExp])[] = [
  ['reading the provider', /undici|llhttp|node_modules\/openai|dist\/model\//],
  ['storing in Redis', /ioredis|redis-parser|dist\/store\//],
  [
    'writing to the client',
    /node_modules\/(ws|engine\.io|socket\.io)|socket\.io-adapter|redis-adapter|dist\/gateway\//,
  ],
  ['conversation', /dist\/(conversation|session|ports|observability)\//],
  ['own code of a peer', /loadtest\/bench\/systems/],
]
const IDLE = '(idle)'

interface Cost {
  readonly name: string
  readonly us: number
}

/**
 * The costs of a profile by stage and by function (self time), as text. `us` is the CPU that a token took: samples tell only
 * how it is shared out, because their clock runs on while a busy machine lets the process wait.
 */
export function costsOf(profile: CpuProfile, us: number): string {
  const self = selfTimes(profile)
  const stages = sums(self, ({ node, ancestors }) => stageOf(node, ancestors))
  const functions = sums(self, ({ node }) => nameOf(node))
  const busy = stages.reduce((sum, stage) => sum + stage.us, 0)
  const line = (cost: Cost) => {
    const share = cost.us / busy
    return `${(us * share).toFixed(2).padStart(8)} µs ${(100 * share).toFixed(1).padStart(5)} %  ${cost.name}`
  }
  return ['by stage', ...stages.map(line), 'by function, self time', ...functions.slice(0, MOST).map(line)].join('\n')
}

interface SelfTime {
  readonly node: ProfileNode
  /** Innermost first. */
  readonly ancestors: readonly ProfileNode[]
  readonly us: number
}

function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): SelfTime[] {
  const us = new Map<number, number>()
  samples.forEach((id, i) => {
    us.set(id, (us.get(id) ?? 0) + (timeDeltas[i] ?? 0))
  })
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)))
  return nodes
    .filter((node) => us.has(node.id) && node.callFrame.functionName !== IDLE)
    .map((node) => ({ node, ancestors: ancestorsOf(node, parents), us: us.get(node.id) ?? 0 }))
}

function ancestorsOf(node: ProfileNode, parents: ReadonlyMap<number, ProfileNode>): ProfileNode[] {
  const ancestors: ProfileNode[] = []
  for (let up = parents.get(node.id); up !== undefined; up = parents.get(up.id)) ancestors.push(up)
  return ancestors
}

function stageOf(node: ProfileNode, ancestors: readonly ProfileNode[]): string {
  for (const { callFrame } of [node, ...ancestors]) {
    const stage = STAGES.find(([, pattern]) => pattern.test(callFrame.url))
    if (stage !== undefined) return stage[0]
  }
  const { functionName, url } = node.callFrame
  return functionName.startsWith('(') && url === '' ? functionName : 'Node.js: sockets, streams, timers'
}

function nameOf({ callFrame: { functionName, url, lineNumber } }: ProfileNode): string {
  const place = url.replace(/^.*\/(?=node_modules\/|dist\/|loadtest\/)/, '')
  return place === '' ? functionName : `${functionName || '(anonymous)'}  ${place}:${lineNumber + 1}`
}

function sums(times: readonly SelfTime[], nameFor: (time: SelfTime) => string): Cost[] {
  const totals = new Map<string, number>()
  for (const time of times) totals.set(nameFor(time), (totals.get(nameFor(time)) ?? 0) + time.us)
  return [...totals].map(([name, us]) => ({ name, us })).sort((a, b) => b.us - a.us)
}
