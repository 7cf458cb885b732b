import type { Message } from '../../../src/protocol/message.ts'
import type { TestClient } from '../../support/test-client.ts'
import { LONG_QUESTION, type Setup } from './servers.ts'
import type { Stage } from './stage.ts'

/** A column of the table: throws where the product does otherwise than it has to. */
export interface Check {
  readonly name: string
  readonly run: (stage: Stage, setup: Setup) => Promise<void>
}

/** For one answer of a real model on a busy machine. */
const ANSWER_MS = 120_000
/** Characters that are shown before an answer is disturbed. */
const BEGUN = 20

function ended(client: TestClient, answer: Message, attempt = 1): Promise<Message> {
  return client.until(
    'the answer ends',
    () => {
      const message = client.shown(answer.id)
      return message !== undefined && message.status !== 'streaming' && message.attempt === attempt && message
    },
    ANSWER_MS,
  )
}

/** Its text, once some was shown of it and while it goes on. */
async function begun(client: TestClient, { id }: Message): Promise<string> {
  const begins = () => {
    const message = client.shown(id)
    const { content = '', status } = message ?? {}
    return (content.length >= BEGUN || status !== 'streaming') && message
  }
  const message = await client.until('the answer begins', begins, ANSWER_MS)
  if (message.status !== 'streaming') expectWell(message, 'the answer')
  return message.content
}

function expectWell({ status, content, metadata }: Message, what: string): void {
  if (status === 'complete' && content.trim() !== '') return
  throw new Error(`${what} is ${status} with ${JSON.stringify(content.slice(0, 80))}, ${JSON.stringify(metadata)}`)
}

async function ask(client: TestClient, sessionId: string, question: string): Promise<Message> {
  const { answer } = await client.send(sessionId, question)
  const final = await ended(client, answer)
  expectWell(final, `the answer to ${JSON.stringify(question.slice(0, 40))}`)
  return final
}

export const CHECKS: readonly Check[] = [
  {
    name: 'talk',
    async run(stage, { questions, padding = 0 }) {
      const client = await stage.connect(stage.replicas[0])
      const sessionId = await client.newSession()
      const filling = ' and the sea'.repeat(padding / 3)
      for (let i = 1; i <= questions; i++) {
        await ask(client, sessionId, `Question ${i}: what is ${i} plus ${i}${filling}?`)
        if (i % 10 === 0 && i < questions) console.log(`  talk: ${i} of ${questions} questions …`)
      }
    },
  },
  {
    name: 'stop',
    async run(stage) {
      const client = await stage.connect(stage.replicas[0])
      const sessionId = await client.newSession()
      const { answer } = await client.send(sessionId, LONG_QUESTION)
      const shown = await begun(client, answer)
      const { message } = await client.request('message:stop', { sessionId, messageId: answer.id })
      if (message.status !== 'stopped' || !message.content.startsWith(shown))
        throw new Error(`the stopped answer is ${message.status}: ${JSON.stringify(message.content.slice(0, 80))}`)
      await ask(client, sessionId, 'And what is two plus two?')
    },
  },
  {
    name: 'regenerate',
    async run(stage) {
      const client = await stage.connect(stage.replicas[0])
      const sessionId = await client.newSession()
      const first = await ask(client, sessionId, 'What is three plus three?')
      const { answer } = await client.request('message:regenerate', { sessionId, messageId: first.id })
      const second = await ended(client, answer, 2)
      expectWell(second, 'the second attempt')
      if (second.seq !== first.seq) throw new Error(`it has seq ${second.seq} and had ${first.seq}`)
    },
  },
  {
    name: 'SIGKILL',
    async run(stage, { repeatable }) {
      const [owner, heir] = stage.replicas
      const asker = await stage.connect(owner)
      // The same question in the same place: its own session, so that nothing of it is in the context of the other.
      const undisturbed = repeatable ? await ask(asker, await asker.newSession(), LONG_QUESTION) : null
      const watcher = await stage.connect(heir)
      const sessionId = await asker.newSession()
      await watcher.open({ sessionId })
      const { answer } = await asker.send(sessionId, LONG_QUESTION)
      const shown = await begun(watcher, answer)
      await owner.kill()
      const left = (await watcher.open({ sessionId })).messages.find(({ id }) => id === answer.id)
      const final = await ended(watcher, answer)
      expectWell(final, 'the answer that was taken over')
      if (!final.content.startsWith(shown)) throw new Error('what was shown has changed')
      // A small model that is asked to go on may add nothing: then the text is all of the first owner (F3).
      const addsNothing = left?.status === 'streaming' && left.content === final.content
      const made = JSON.stringify(final.metadata.replicas)
      if (made !== '["r1","r2"]' && !(addsNothing && made === '["r1"]')) throw new Error(`it was made by ${made}`)
      if (undisturbed !== null && final.content !== undisturbed.content)
        throw new Error(`it is not the undisturbed answer: ${differenceOf(undisturbed.content, final.content)}`)
    },
  },
]

function differenceOf(expected: string, got: string): string {
  let at = 0
  while (at < expected.length && expected[at] === got[at]) at++
  const excerpt = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 20), at + 40))
  return `from ${at} on ${excerpt(got)} instead of ${excerpt(expected)}`
}
