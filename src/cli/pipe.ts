import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { failureOf } from '../client/errors.ts'
import type { BatonClient } from '../client/index.ts'
import { AnswerPrinter } from './answer-printer.ts'
import { UsageError } from './options.ts'
import { onLongOutage, tellOutages } from './outages.ts'

/** Without a connection for so long, in one piece, the question is given up: nobody sits at a pipe to do that. */
const OUTAGE_MS = 60_000
const INTERRUPTED = 130

/** All that stands on the standard input. Throws `UsageError` where that is nothing. */
export async function readQuestion(input: Readable): Promise<string> {
  const question = (await text(input)).trim()
  if (question === '') throw new UsageError('nothing was said on the standard input')
  return question
}

/**
 * Asks once and writes the answer, and nothing else, to the standard output: to a terminal as it comes, to a pipe when it is whole,
 * because what is in a pipe cannot be taken back where an answer starts again. Resolves with the exit code. Rejects with
 * `ClientError` where the gateway refuses, or is away for `outageMs`.
 */
export async function answerPipe(client: BatonClient, question: string, outageMs = OUTAGE_MS): Promise<number> {
  const printer = process.stdout.isTTY ? new AnswerPrinter(process.stdout) : null
  const { promise: outage, reject: giveUp } = Promise.withResolvers<never>()
  const tell = (text: string) => {
    printer?.pause()
    console.error(text)
  }
  const releases = [tellOutages(client, tell), onLongOutage(client, outageMs, giveUp)]
  try {
    return await Promise.race([answer(client, question, printer), outage])
  } finally {
    for (const release of releases) release()
    process.removeAllListeners('SIGINT')
  }
}

async function answer(client: BatonClient, question: string, printer: AnswerPrinter | null): Promise<number> {
  let interrupted = false
  const stop = () => {
    interrupted = true
    process.once('SIGINT', () => process.exit(INTERRUPTED))
    client.stop().catch(() => {})
  }
  process.once('SIGINT', stop)
  const { answer } = await client.send(question)
  if (interrupted) client.stop().catch(() => {})
  const final = await client.follow(answer.id, (view) => printer?.print(view))
  printer?.end()
  if (printer === null && final.content !== '') process.stdout.write(final.content.replace(/\n?$/, '\n'))
  if (final.status === 'error') console.error(`baton: ${failureOf(final)}`)
  return interrupted ? INTERRUPTED : final.status === 'error' ? 1 : 0
}
