/** Two versions on one Redis. By `npm run upgrade`: it builds the other one. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BatonClient } from '../../src/client/index.ts'
import type { Message } from '../../src/protocol/message.ts'
import { numbered } from '../fault/fixtures.ts'
import { Clients, when } from '../support/clients.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { within } from '../support/conditions.ts'

const other = process.env.UPGRADE_FROM ?? ''
const own = join(import.meta.dirname, '../../dist/main.js')
const PEOPLE = 8
const PATIENCE_MS = 60_000
/** Characters that are to be seen when something happens to who writes them: far from the end, which it might reach itself. */
const ENOUGH = { least: 150, most: 900 }

const answerTo = (question: string) => numbered(300, `${question}.`)

/** Somebody who asks on and on, and is given every answer whole. */
class Person {
  readonly client: BatonClient
  readonly #name: string
  #leaves = false
  #asked: Promise<void> = Promise.resolve()

  constructor(client: BatonClient, name: string) {
    this.client = client
    this.#name = name
  }

  async arrive(): Promise<void> {
    await this.client.open()
    this.#asked = this.#ask()
    this.#asked.catch(() => {}) // told by `leave`
  }

  get answer(): Message | undefined {
    return this.client.state.messages.findLast(({ role }) => role === 'assistant')
  }

  isToldBy(replica: string): boolean {
    const { content = '', status } = this.answer ?? {}
    if (this.client.state.replica !== replica || status !== 'streaming') return false
    return content.length >= ENOUGH.least && content.length <= ENOUGH.most
  }

  async leave(): Promise<readonly Message[]> {
    this.#leaves = true
    await this.#asked
    return this.client.state.messages
  }

  async #ask(): Promise<void> {
    for (let count = 1; !this.#leaves; count++) {
      const question = `${this.#name}${count}`
      await this.client.send(question)
      await within(
        `the answer to ${question}`,
        when(this.client, ({ messages }) => messages.length === 2 * count && this.answer?.status !== 'streaming'),
        PATIENCE_MS,
      )
      expect(this.answer).toMatchObject({ content: answerTo(question), status: 'complete', attempt: 1 })
    }
  }
}

describe.skipIf(other === '')('[G8] two versions side by side', { timeout: 10 * PATIENCE_MS }, () => {
  let cluster: Cluster
  let clients: Clients
  beforeAll(async () => {
    cluster = await startCluster({ replicas: 2, nginx: true, program: [other] })
    cluster.model.answers(({ turns }) => answerTo(turns.at(-1)?.content ?? ''), { everyMs: 10 })
    clients = new Clients(cluster.urlOf('nginx'))
  }, PATIENCE_MS)
  afterAll(async () => {
    clients?.close()
    await cluster?.stop()
  })

  /** Ends one replica in the middle of answers, so that the one of the other version goes on, and starts it as `program`. */
  async function replace(
    number: number,
    program: string,
    how: 'kill' | 'drain',
    people: readonly Person[],
  ): Promise<void> {
    const replica = cluster.replica(number)
    const teller = await within(
      `${replica.id} answers`,
      Promise.any(
        people.map(async (person) => when(person.client, () => person.isToldBy(replica.id)).then(() => person)),
      ),
      PATIENCE_MS,
    )
    const { id } = teller.answer ?? {}
    await replica[how]()
    const ended = () =>
      teller.client.state.messages.find((message) => message.id === id && message.status !== 'streaming')
    await within(
      'its answer goes on',
      when(teller.client, () => ended() !== undefined),
      PATIENCE_MS,
    )
    expect(ended()?.metadata.replicas).toEqual([replica.id, cluster.replica(1 - number).id])
    replica.becomes([program])
    await replica.start()
  }

  test.each(['kill', 'drain'] as const)(
    'there and back, each replica ended by %s: no answer is lost, doubled or begun anew',
    async (how) => {
      const people = Array.from({ length: PEOPLE }, (_, i) => new Person(clients.of(), `${how}${i}-`))
      for (const person of people) await person.arrive()
      for (const program of [own, other]) for (const number of [0, 1]) await replace(number, program, how, people)
      for (const person of people) {
        const messages = await person.leave()
        expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, i) => i + 1))
        for (const where of [0, 1]) {
          const path = `/api/chat/sessions/${person.client.state.session?.id}/history?max_messages=1000`
          const stored = (await (await fetch(cluster.urlOf(where) + path)).json()) as { messages: Message[] }
          expect(stored.messages.map(({ id, content }) => [id, content])).toEqual(
            messages.map(({ id, content }) => [id, content]),
          )
        }
      }
    },
  )
})
