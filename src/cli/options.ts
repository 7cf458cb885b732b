import { parseArgs } from 'node:util'

export interface ChatOptions {
  /** Of the gateway, with its scheme. */
  readonly url: string
  readonly userId: string | undefined
  /** The session to go on with instead of the stored one. */
  readonly session: string | undefined
  readonly isNew: boolean
}

/** Arguments that cannot be used; the message says which. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export const usage = `Talks to a Baton gateway in the terminal. The conversation is kept, and goes on where it was the next time.

  baton chat [options] <url>
  echo "What is Baton?" | baton chat <url>    writes the answer only, and exits

  --new              begin a new conversation
  --session <id>     go on with this one
  --user <id>        whose conversation it is
  -h, --help         this

In the chat: Ctrl-C stops the running answer; once more, or while none runs, it leaves. /help lists the commands.
BATON_TOKEN holds the token of a gateway with AUTH=jwt; NO_COLOR=1 leaves the colours out. The conversation's id is kept
under $XDG_STATE_HOME/baton (~/.local/state/baton).

Exits with 0; 1 where the gateway cannot be reached (at the start for 10 s, for a question from a pipe later for 60 s)
or the answer failed; 2 for wrong arguments; 130 where an answer that is written to a pipe was interrupted.
`

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Reads the arguments behind `baton chat`; null where help is wanted. Throws `UsageError`. */
export function readOptions(args: readonly string[]): ChatOptions | null {
  const { values, positionals } = parse(args)
  if (values.help) return null
  if (values.new && values.session !== undefined) throw new UsageError('--new and --session exclude each other')
  if (values.session !== undefined && !UUID.test(values.session)) throw new UsageError('--session must be a UUID')
  return {
    url: gatewayUrl(positionals),
    userId: values.user,
    session: values.session?.toLowerCase(),
    isNew: values.new ?? false,
  }
}

function parse(args: readonly string[]) {
  const options = {
    new: { type: 'boolean' },
    session: { type: 'string' },
    user: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  } as const
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

/** The one URL of a command's arguments; `localhost:8080` is as good as `http://localhost:8080`. Throws `UsageError`. */
export function gatewayUrl([address, ...more]: readonly string[]): string {
  if (address === undefined) throw new UsageError('the URL of a gateway is missing')
  if (more.length > 0) throw new UsageError(`one URL is enough: ${more.join(' ')}`)
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `http://${address}`
  if (!/^https?:/i.test(url) || !URL.canParse(url)) throw new UsageError(`not an http(s) URL: ${address}`)
  const { origin, pathname } = new URL(url)
  return origin + pathname.replace(/\/+$/, '')
}
