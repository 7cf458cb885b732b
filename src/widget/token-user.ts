/** Whose token it is (`sub`); undefined where it does not say so, as where it is given by a function. */
export function userOfToken(token: unknown): unknown {
  if (typeof token !== 'string') return undefined
  const [, payload = ''] = token.split('.')
  try {
    return JSON.parse(atob(payload.replace(/-/g, '+').replace(/_/g, '/'))).sub
  } catch {
    return undefined
  }
}
