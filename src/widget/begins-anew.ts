import type { PropertyValues } from 'lit'
import type { OptionsElement } from './options-element.ts'

type Visitor = Pick<OptionsElement, 'token' | 'userId'>

/** Whether another client is necessary. For a renewed token none is: it is asked for when one is needed. */
export function beginsAnew(changed: PropertyValues, visitor: Visitor): boolean {
  return ['server', 'userId', 'storage'].some((name) => changed.has(name)) || isOfAnother(changed, visitor)
}

/** Whether what was kept so far is kept elsewhere now, or is surely another user's. */
export function keepsElsewhere(changed: PropertyValues, visitor: Visitor): boolean {
  return changed.has('storage') || (isOfAnother(changed, visitor) && userOfToken(changed.get('token')) !== undefined)
}

function isOfAnother(changed: PropertyValues, { token, userId }: Visitor): boolean {
  return changed.has('token') && !isRenewed(changed.get('token'), token, userId)
}

/** Where a token does not tell whose it is, that of the same `userId` is taken for the same user's. */
function isRenewed(before: unknown, token: unknown, userId: string | null): boolean {
  if (before == null || token == null) return false
  if (typeof before === 'function' && typeof token === 'function') return true // React has another one at each render
  const [userBefore, user] = [userOfToken(before), userOfToken(token)]
  return userBefore === undefined || user === undefined ? userId !== null : userBefore === user
}

/** Whose token it is (`sub`); undefined where it does not say so, as where it is given by a function. */
function userOfToken(token: unknown): unknown {
  if (typeof token !== 'string') return undefined
  const [, payload = ''] = token.split('.')
  try {
    return JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/'))).sub
  } catch {
    return undefined
  }
}
