import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** A token of `ADMIN_TOKEN`, and whose it is. */
export interface OperatorToken {
  readonly name: string
  readonly token: string
}

/** Who may operate (`ADMIN_TOKEN`). How long a comparison takes tells nothing of a token. */
export class Operators {
  readonly #tokens: readonly OperatorToken[]

  constructor(tokens: readonly OperatorToken[]) {
    this.#tokens = tokens
  }

  /** Who has the token; null where nobody. */
  find(token: string): OperatorToken | null {
    let found: OperatorToken | null = null
    for (const one of this.#tokens) if (areEqual(one.token, token)) found = one
    return found
  }

  /** Whether `proof` was made of `text` by somebody of that name. */
  hasSigned(name: string, text: string, proof: string): boolean {
    return this.#tokens.some((one) => one.name === name && areEqual(signature(one, text), proof))
  }
}

/** Shows to whoever has the same tokens that the holder of this one wrote `text`. */
export function signature({ token }: OperatorToken, text: string): string {
  return createHmac('sha256', token).update(text).digest('base64url')
}

/** Of digests, which are as long as each other. */
function areEqual(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}
