import { ClientError } from '../client/index.ts'

/** One of a user's sessions. */
export interface ListedSession {
  readonly id: string
  /** When something was last said; ISO 8601. */
  readonly lastActivity: string
  /** Its first words; empty where nothing was said, or the gateway no longer holds them. */
  readonly title: string
}

export interface ListOptions {
  /** The gateway's. */
  readonly url: string
  /** Whose sessions, where no token says it. */
  readonly userId: string | undefined
  readonly token: string | undefined
}

/** Sessions of a page; those that were last used at the same moment as its last one come with it. */
export const PAGE = 20
/** Characters. */
const MAX_TITLE = 60
const REQUEST_MS = 10_000

/**
 * A page of a user's sessions, the latest first: those that were last used before `before`, where that is given (ISO 8601). A
 * page that is not full is the last. Rejects with `ClientError` where the gateway does not tell them.
 */
export async function listSessions(
  { url, userId, token }: ListOptions,
  before: string | undefined,
): Promise<readonly ListedSession[]> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const get = (path: string) => getJson(`${url}/api/chat/sessions${path}`, headers)
  const query = new URLSearchParams({
    limit: String(PAGE),
    ...(userId !== undefined && { user_id: userId }),
    ...(before !== undefined && { before }),
  })
  const { sessions } = (await get(`?${query}`)) as { sessions: { session_id: string; last_activity: string }[] }
  return Promise.all(
    sessions.map(async ({ session_id: id, last_activity: lastActivity }) => {
      const first = get(`/${id}/history?max_messages=1&before=2`) as Promise<{ messages: { content: string }[] }>
      const { messages } = await first.catch(() => ({ messages: [] })) // it may have expired meanwhile
      return { id, lastActivity, title: titleOf(messages[0]?.content ?? '') }
    }),
  )
}

function titleOf(content: string): string {
  const words = [...content.replace(/\s+/g, ' ').trim()]
  return words.length <= MAX_TITLE ? words.join('') : `${words.slice(0, MAX_TITLE).join('')} …`
}

async function getJson(url: string, headers: Record<string, string>): Promise<unknown> {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(REQUEST_MS) }).catch((error: Error) => {
    throw new ClientError('disconnected', error.message)
  })
  const body: unknown = await response.json().catch(() => null)
  if (response.ok) return body
  const { error } = (body ?? {}) as { error?: Parameters<typeof ClientError.from>[0] }
  if (error !== undefined) throw ClientError.from(error)
  throw new ClientError('internal', `the gateway answered ${response.status}`)
}
