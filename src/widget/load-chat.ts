import { ClientError } from '../client/errors.ts'
import { define } from './define.ts'
import { localesSettled } from './locales/index.ts'
import { withRetries } from './with-retries.ts'

let loading: Promise<void> | null = null

/** Brings `<baton-chat>` onto the page: the first paint of a launcher does without it. Rejects with `ClientError` where it cannot be had; the next call tries again. */
export function loadChat(): Promise<void> {
  loading ??= load().catch((error: unknown) => {
    loading = null
    throw new ClientError('disconnected', `the chat could not be loaded: ${error}`)
  })
  return loading
}

async function load(): Promise<void> {
  const [{ BatonChat }] = await Promise.all([withRetries(() => import('./chat-element.ts')), localesSettled()])
  define('baton-chat', BatonChat)
}
