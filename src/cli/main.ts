import { styleText } from 'node:util'
import { BatonClient, ClientError, type StorageLike } from '../client/index.ts'
import { SafeStorage } from '../client/safe-storage.ts'
import { prefixOf } from '../client/storage.ts'
import { type ChatOptions, readOptions, UsageError, usage } from './options.ts'
import { answerPipe, readQuestion } from './pipe.ts'
import { listSessions } from './session-list.ts'
import { StagedStorage } from './staged-storage.ts'
import { StateFile } from './state-file.ts'
import { TerminalChat } from './terminal-chat.ts'

const CONNECT_MS = 10_000
const OUTBOX = ':outbox'

/** `baton chat`. Resolves with the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const options = readOptions(args)
    if (options !== null) return await chat(options)
    console.log(usage)
    return 0
  } catch (error) {
    const isExpected = error instanceof UsageError || error instanceof ClientError
    const text = isExpected ? `baton: ${error.message}` : String((error as Error).stack ?? error)
    console.error(styleText('red', text, { stream: process.stderr }))
    if (error instanceof UsageError) console.error('Try: baton chat --help')
    return error instanceof UsageError ? 2 : 1
  }
}

async function chat(options: ChatOptions): Promise<number> {
  const question = process.stdin.isTTY ? null : await readQuestion(process.stdin)
  const { url, userId } = options
  const file = new StagedStorage(new SafeStorage(StateFile.of(url, process.env)))
  const storage = question === null ? file : withoutOutbox(file)
  const token = process.env.BATON_TOKEN
  const client = new BatonClient({ url, storage, ...(userId && { userId }), ...(token && { token }) })
  try {
    await open(client, options, file)
    return await (question === null
      ? new TerminalChat(client, (before) => listSessions({ url, userId, token }, before)).run()
      : answerPipe(client, question))
  } finally {
    client.close()
  }
}

/** Where that fails, or is given up, what is stored stays as it was: the session, and what was left unsent in it. */
async function open(client: BatonClient, options: ChatOptions, file: StagedStorage): Promise<void> {
  const { url, session, isNew } = options
  const prefix = prefixOf(options)
  if (isNew || (session !== undefined && session !== file.getItem(`${prefix}:session`))) {
    client.switchTo(session ?? null)
    file.removeItem(prefix + OUTBOX) // in a pipe the client does not know of it
  }
  const impatience = new Promise<never>((_resolve, reject) => {
    const late = new ClientError('disconnected', `no gateway answers at ${url}`)
    setTimeout(() => reject(client.state.error ?? late), CONNECT_MS).unref()
  })
  await Promise.race([client.open(), impatience])
  if (session !== undefined && client.state.session?.id !== session)
    throw new ClientError('session_not_found', `the session ${session} is unknown or has expired`)
  file.commit()
}

/** A question in a pipe is for this call: what was given up or refused is not for the next one to send. */
function withoutOutbox(file: StorageLike): StorageLike {
  return {
    getItem: (key) => (key.endsWith(OUTBOX) ? null : file.getItem(key)),
    setItem: (key, value) => key.endsWith(OUTBOX) || file.setItem(key, value),
    removeItem: (key) => file.removeItem(key),
  }
}
