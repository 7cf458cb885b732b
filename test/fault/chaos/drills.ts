/**
 * One deliberate schedule of real faults for each protection, which provokes what the protection prevents, however fast or
 * slow the machine is. The checker finds nothing wrong with the product then, and something with the product's twin.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Message } from '../../../src/protocol/message.ts'
import { eventually, Latch } from '../../support/conditions.ts'
import type { Replica } from '../../support/replica.ts'
import type { Protection } from '../twins.ts'
import type { Person } from './person.ts'
import { type Scene, TOKEN_MS } from './scene.ts'

export interface Drill {
  /** Rules of which the twin breaks one at least. */
  readonly breaks: RegExp
  /** Redis is struck. */
  readonly onRedis?: boolean
  /** Makes the faults; gives what has to end after that. */
  run(scene: Scene): Promise<readonly Promise<unknown>[]>
}

/** The number at its end makes an answer of 179 words: about three seconds. */
const LONG = 'number 159'
const SHORT = 'number 0'
const CHANGED_TEXT = /^\[(F3|D2|D4)\]/

export const DRILLS: Readonly<Record<Protection, Drill>> = {
  /**
   * The owner is frozen in the middle of its answer while the model goes on sending to it. When another replica has taken
   * over and added text, it wakes up with text to append; only when it has done with that does the new owner go on.
   */
  fence: {
    breaks: CHANGED_TEXT,
    async run(scene) {
      const [owner, other, third] = replicasOf(scene)
      const sleeperIsDone = new Latch()
      scene.beforeToken = async (request, token) => {
        if (request > 0 && token === 60) await sleeperIsDone.opened
        await pause(TOKEN_MS)
      }
      const { asker, answerId, sessionId, ended } = await begin(scene, owner, LONG)
      const watcher = follow(scene, 'watcher', other, sessionId)
      await shown(asker, answerId, 100)
      await shown(watcher, answerId, 100)
      await scene.strike('freeze', owner.id)
      owner.freeze()
      const before = await settledLength(watcher, answerId)
      await shown(watcher, answerId, before + 100)
      owner.thaw()
      await eventually('the sleeper has nothing more to do', async () => (await answersRunning(owner)) === 0)
      await follow(scene, 'latecomer', third, sessionId).join()
      sleeperIsDone.open()
      return [ended]
    },
  },

  /** The owner is killed as soon as somebody elsewhere has been shown text. */
  durability: {
    breaks: CHANGED_TEXT,
    async run(scene) {
      const [owner, other] = replicasOf(scene)
      const { answerId, sessionId, ended } = await begin(scene, owner, LONG)
      await shown(follow(scene, 'watcher', other, sessionId), answerId, 100)
      await killAndRestart(scene, owner)
      return [ended]
    },
  },

  /** Somebody asks and leaves, then the owner is killed: nobody but the membership knows of the answer. */
  'owner index': {
    breaks: /^\[F4\]/,
    async run(scene) {
      const [owner] = replicasOf(scene)
      const passerBy = scene.invite('passerby', { home: owner })
      await scene.owe(passerBy, () => passerBy.post(`passerby ${LONG}`))
      passerBy.leave()
      await killAndRestart(scene, owner)
      return []
    },
  },

  /** The connection is lost between the message and its acknowledgement, so that the message is sent again. */
  idempotency: {
    breaks: /^\[M2\]/,
    async run(scene) {
      const [replica] = replicasOf(scene)
      const asker = scene.invite('asker', { home: replica })
      await asker.join()
      const sent = scene.next(({ kind }) => kind === 'sent')
      const ended = scene.owe(asker, async () => count(scene, await asker.ask(`asker ${SHORT}`)))
      await sent
      asker.drop()
      await scene.strike('client drop', asker.name)
      return [ended]
    },
  },

  /** While Redis is away two people, each on a replica of its own, are told of other messages under the same numbers. */
  sync: {
    breaks: /^\[G6\]/,
    onRedis: true,
    async run(scene) {
      const [here, there] = replicasOf(scene)
      const asker = scene.invite('asker', { home: here })
      const other = scene.invite('other', { home: there, sessionId: await asker.join() })
      await other.join()
      await scene.strike('redis kill', 'redis')
      await scene.cluster.redis.kill()
      const askers = [asker, other]
      const answers = await Promise.all(askers.map((person) => person.post(`${person.name} ${SHORT}`)))
      await scene.cluster.redis.restart()
      return askers.map((person, i) =>
        scene.owe(person, async () => count(scene, await person.ended(answers[i]?.id ?? ''))),
      )
    },
  },
}

interface Begun {
  readonly asker: Person
  readonly sessionId: string
  readonly answerId: string
  /** Resolves once the asker has the whole answer. */
  readonly ended: Promise<unknown>
}

/** Somebody asks at `owner`, which thereby becomes the answer's owner. */
async function begin(scene: Scene, owner: Replica, question: string): Promise<Begun> {
  const asker = scene.invite('asker', { home: owner })
  const sessionId = await asker.join()
  const { id: answerId } = await asker.post(`asker ${question}`)
  const ended = scene.owe(asker, async () => count(scene, await asker.ended(answerId)))
  ended.catch(() => {}) // the scene is over
  return { asker, sessionId, answerId, ended }
}

function count(scene: Scene, answer: Message | null): void {
  if (answer !== null) scene.answered(answer.content.length)
}

function follow(scene: Scene, name: string, home: Replica, sessionId: string): Person {
  const person = scene.invite(name, { sessionId, home })
  person.watch().catch(() => {}) // the scene is over
  return person
}

async function killAndRestart(scene: Scene, replica: Replica): Promise<void> {
  await scene.strike('kill', replica.id)
  await replica.kill()
  await replica.start()
}

/** Waits until the person was shown so many characters of the message. */
async function shown(person: Person, messageId: string, characters: number): Promise<void> {
  const length = () => person.held.get(messageId)?.content.length ?? 0
  await eventually(`${person.name} is shown ${characters} characters`, () => length() >= characters)
}

/** The length of what the person is shown, once it has not grown for as long as ten tokens take. */
async function settledLength(person: Person, messageId: string): Promise<number> {
  for (let last = -1; ; ) {
    const length = person.held.get(messageId)?.content.length ?? 0
    if (length === last) return length
    last = length
    await pause(10 * TOKEN_MS)
  }
}

/** Answers that the replica produces. */
async function answersRunning({ url }: Replica): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^baton_answers_running(?:\{.*\})? (\S+)$/m.exec(metrics)?.[1])
}

function replicasOf({ cluster }: Scene): readonly [Replica, Replica, Replica] {
  return [cluster.replica(0), cluster.replica(1), cluster.replica(2)]
}
