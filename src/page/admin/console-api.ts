/** What an operator's page asks of `/admin/api`, with the token that was typed in. */
import type { AdminSession, AdminSessionList, AdminState } from '../../protocol/admin.ts'

const TOKEN = 'baton-operator'
const LIMIT_MS = 5000

/** The gateway refused; the message is for people. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}

/** Kept in this tab alone: another one asks again. */
export const token = {
  get: () => sessionStorage.getItem(TOKEN),
  set: (value: string) => sessionStorage.setItem(TOKEN, value),
  forget: () => sessionStorage.removeItem(TOKEN),
}

async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(`admin/api/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token.get() ?? ''}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    signal: AbortSignal.timeout(LIMIT_MS),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const reply = await response.json()
  if (!response.ok) throw new Refusal(reply.error.code, reply.error.message)
  return reply
}

const at = encodeURIComponent

export const api = {
  state: () => ask<AdminState>('GET', 'state'),
  sessionsOf: (user: string) => ask<AdminSessionList>('GET', `sessions?limit=50&user_id=${at(user)}`),
  session: (id: string) => ask<AdminSession>('GET', `sessions/${at(id)}`),
  stop: (session: string, message: string) => ask('POST', `sessions/${at(session)}/messages/${at(message)}/stop`),
  extend: (session: string) => ask('POST', `sessions/${at(session)}/extend`),
  clear: (session: string) => ask('DELETE', `sessions/${at(session)}`),
  drain: (address: string) => ask('POST', `replicas/${at(address)}/drain`),
  logLevel: (address: string, level: string) => ask('POST', `replicas/${at(address)}/log-level`, { level }),
}
