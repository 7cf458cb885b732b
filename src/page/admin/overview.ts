import type { AdminState } from '../../protocol/admin.ts'
import { LOG_LEVELS } from '../../protocol/operators.ts'
import { byId, element } from '../element.ts'
import { act, type Perform } from './act.ts'
import { api } from './console-api.ts'
import { type Column, Table } from './table.ts'
import { ago, bytes, shownName, time } from './words.ts'

/** A lag that users feel. */
const LAG_MS = 100

type Replica = AdminState['replicas'][number]
/** `isCut`: the replica that tells of it has no Redis, by which others are asked. */
type Row = Replica & { readonly isCut: boolean }
type Answer = AdminState['answers'][number]
type Takeover = AdminState['takeovers'][number]

type Report = NonNullable<Replica['report']>

function of(text: (report: Report) => string): (replica: Replica) => string {
  return ({ report }) => (report === null ? '' : text(report))
}

const REPLICAS: readonly Column<Row>[] = [
  { title: 'Replica', text: ({ address }) => address, kind: 'id' },
  { title: 'State', text: stateOf, tone: ({ report }) => (report === null ? 'bad' : isWell(report) ? '' : 'warn') },
  { title: 'Version', text: of(({ version, protocol }) => `${version} (${protocol})`) },
  { title: 'Up', text: ({ report }) => (report === null ? '' : ago(Date.now() - report.startedAt)), kind: 'number' },
  { title: 'Connections', text: of(({ connections }) => connections.toLocaleString()), kind: 'number' },
  { title: 'Answers', text: of(({ answers }) => answers.toLocaleString()), kind: 'number' },
  {
    title: 'Lag',
    text: of(({ lagMs, loopUtilisation }) => `${lagMs} ms, ${Math.round(loopUtilisation * 100)} %`),
    kind: 'number',
    tone: ({ report }) => (report !== null && report.lagMs > LAG_MS ? 'warn' : ''),
  },
  { title: 'Memory', text: of(({ memoryBytes }) => bytes(memoryBytes)), kind: 'number' },
]

const ANSWERS: readonly Column<Answer>[] = [
  { title: 'Session', text: ({ sessionId }) => sessionId, kind: 'id' },
  { title: 'User', text: ({ userId }) => shownName(userId ?? '–') },
  { title: 'Owner', text: ({ owner }) => owner, kind: 'id' },
  { title: 'Age', text: ({ ageMs }) => ago(ageMs), kind: 'number' },
  { title: 'Characters', text: ({ characters }) => characters.toLocaleString(), kind: 'number' },
  { title: 'Attempt', text: ({ attempt }) => String(attempt), kind: 'number' },
]

const TAKEOVERS: readonly Column<Takeover>[] = [
  { title: 'Time', text: ({ at }) => time(at), kind: 'number' },
  { title: 'Session', text: ({ sessionId }) => sessionId, kind: 'id' },
  { title: 'From', text: ({ from }) => from, kind: 'id' },
  { title: 'To', text: ({ to }) => to, kind: 'id' },
  { title: 'Cause', text: ({ cause }) => cause },
  { title: 'Went on', text: ({ outcome }) => outcome, tone: ({ outcome }) => (outcome === 'interrupted' ? 'bad' : '') },
]

/** Replicas, running answers, takeovers, and whether Redis is away. */
export class Overview {
  readonly #replicas: Table<Row>
  readonly #answers: Table<Answer>
  readonly #takeovers: Table<Takeover>
  readonly #memory = byId('memory', HTMLElement)

  constructor(perform: Perform, look: (sessionId: string) => void) {
    this.#replicas = new Table(
      byId('replicas', HTMLElement),
      REPLICAS,
      ({ address }) => address,
      'None.',
      (row) => {
        return [levelChoice(row, perform), drainButton(row, perform)]
      },
    )
    const keyOf = ({ messageId }: Answer) => messageId
    this.#answers = new Table(byId('answers', HTMLElement), ANSWERS, keyOf, 'No answer runs.', (row) => [
      act('Look', () => look(row().sessionId)),
      act('Stop', () => void perform('Stopped.', () => api.stop(row().sessionId, row().messageId)), 'danger'),
    ])
    const takeoverKey = ({ at, messageId }: Takeover) => `${at} ${messageId}`
    this.#takeovers = new Table(byId('takeovers', HTMLElement), TAKEOVERS, takeoverKey, 'None.', (row) => [
      act('Look', () => look(row().sessionId)),
    ])
  }

  show({ replica, replicas, answers, takeovers }: AdminState): void {
    const isCut = replicas.find(({ id }) => id === replica)?.report?.backend === 'memory'
    this.#replicas.show(replicas.map((row) => ({ ...row, isCut })))
    this.#answers.show(answers)
    this.#takeovers.show(takeovers)
    const away = replicas.filter(({ report }) => report?.backend === 'memory')
    this.#memory.hidden = away.length === 0
    this.#memory.textContent = away.map(memoryOf).join(' ')
  }
}

function stateOf({ report, isCut }: Row): string {
  if (report === null) return isCut ? 'out of reach' : 'silent'
  if (report.draining) return 'draining'
  return report.backend === 'memory' ? 'serves from memory' : 'serves'
}

function isWell({ draining, backend }: Report): boolean {
  return !draining && backend === 'redis'
}

function memoryOf({ id, report }: Replica): string {
  if (report === null) return ''
  const { heldSessions, heldBytes, heldMaxBytes } = report
  const room = `${bytes(heldBytes)} of ${bytes(heldMaxBytes)}`
  return `${id} is without Redis and holds ${heldSessions.toLocaleString()} sessions in memory (${room}).`
}

function levelChoice(row: () => Replica, perform: Perform): HTMLElement {
  const choice = element('select', '', ...LOG_LEVELS.map((level) => element('option', '', level)))
  choice.setAttribute('aria-label', 'Log level')
  choice.addEventListener('change', () => {
    const level = choice.value
    void perform(`${row().id} logs from ${level} on.`, () => api.logLevel(row().address, level))
  })
  queueMicrotask(() => {
    choice.value = row().report?.logLevel ?? 'info' // the row is told after its cells are made
  })
  return choice
}

function drainButton(row: () => Replica, perform: Perform): HTMLElement {
  const drain = () => {
    const { id, address } = row()
    const question = `Drain ${id}? Its clients go to the others, its answers are handed over, and it ends.`
    void perform(`${id} drains.`, () => api.drain(address), question)
  }
  return act('Drain', drain, 'danger')
}
