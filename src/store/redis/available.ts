import { StoreUnavailable } from '../../ports/session-store.ts'

/** Redis's reply, or, whatever went wrong on the way, `StoreUnavailable` with the cause. */
export async function available<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply
  } catch (error) {
    throw unavailable(error)
  }
}

export function unavailable(error: unknown): StoreUnavailable {
  // ioredis leaves the command's arguments on its errors: what users wrote must not reach a log with them.
  if (error instanceof Error) Reflect.deleteProperty(error, 'command')
  return new StoreUnavailable('Redis did not carry a command out', { cause: error })
}
