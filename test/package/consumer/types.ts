/** Only to be type-checked: what the other files do not use of the package's types. */
import { BatonClient, ClientError, type Message, type Outgoing, type StorageLike } from '@baton-chat/client'
import { type BatonLauncher, registerLocale } from '@baton-chat/client/widget'

export async function say(storage: StorageLike, launcher: BatonLauncher): Promise<Message | string> {
  registerLocale('it', { send: 'Invia' })
  await launcher.open()
  const client = new BatonClient({ storage, token: async () => 'token' })
  try {
    return (await client.send('hello', { page: 1 })).answer
  } catch (error) {
    return error instanceof ClientError && error.code === 'too_large' ? error.message : 'failed'
  }
}

export function wordsOf(message: Message | Outgoing): string {
  return message.status === 'failed' ? message.error.message : message.content
}
