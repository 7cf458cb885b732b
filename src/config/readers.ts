import { isIP } from 'node:net'
import { resolve } from 'node:path'
import proxyAddr from 'proxy-addr'
import { z } from 'zod'
import { readText } from './files.ts'

/** What a paste or an editor leaves behind unseen: control characters, line ends, zero-width and other empty ones. */
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u
const INVISIBLE_OR_BLANK = new RegExp(`${INVISIBLE.source}|\\s`, 'u')
const NOT_IN_A_KEY = /[^\x21-\x7e]/u

/** Text in which `pattern` finds nothing. The complaint tells the first that it finds by its code, never the text. */
const textWithout = (pattern: RegExp, what: string) =>
  z.string().refine((value) => !pattern.test(value), {
    error: ({ input }) => `${what}${whereIn(String(input), pattern)}`,
    abort: true,
  })

function whereIn(value: string, pattern: RegExp): string {
  const found = pattern.exec(value)
  if (found === null) return ''
  const code = found[0].codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')
  return ` (character ${found.index + 1} is U+${code})`
}

/** A word: a name, an address, a model. */
export const word = () => textWithout(INVISIBLE_OR_BLANK, 'without blanks, line ends and invisible characters')

/** Words: a password, a path. */
export const phrase = () => textWithout(INVISIBLE, 'without line ends and invisible characters')

/** What goes into a header as it is. */
export const key = () => textWithout(NOT_IN_A_KEY, 'of visible ASCII characters')

export const int = (low: number, high = 2 ** 31 - 1) =>
  z
    .string()
    .refine((value) => /^-?\d+$/.test(value), { error: 'a whole number', abort: true })
    .transform(Number)
    .refine((value) => value >= low, { error: `a whole number of at least ${low}`, abort: true })
    .refine((value) => value <= high, { error: `a whole number of at most ${high}` })

/** Of the settings that are said in words; `1` and `0` are understood as well. */
export const onOff = () =>
  z.enum(['on', 'off', '1', '0'], { error: 'on or off' }).transform((value) => value === 'on' || value === '1')

export const flag = () => z.enum(['0', '1'], { error: '0 or 1' }).transform((value) => value === '1')

export const choice = <const T extends readonly string[]>(...values: T) =>
  z.enum(values, { error: `one of ${values.join(', ')}` })

const isUrl = (value: string, protocols: readonly string[]) =>
  URL.canParse(value) && protocols.includes(new URL(value).protocol)

export const httpUrl = () =>
  word().refine((value) => isUrl(value, ['http:', 'https:']), { error: 'a URL that starts with http:// or https://' })

/** Separated by commas, with or without blanks around them. */
const list = () =>
  z
    .string()
    .transform((value) =>
      value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .refine((parts) => !parts.some((part) => INVISIBLE_OR_BLANK.test(part)), {
      error: 'without blanks, line ends and invisible characters between commas',
      abort: true,
    })

/** HS256 asks for a secret as long as its hash (RFC 7518, 3.2). */
const HS256_BYTES = 32
const isLongEnough = (value: string) => Buffer.byteLength(value) >= HS256_BYTES
const TOO_SHORT = `of at least ${HS256_BYTES} bytes, as HS256 asks (openssl rand -hex 32 makes one)`

export const hs256Secret = () => phrase().refine(isLongEnough, { error: TOO_SHORT })

export const hs256Secrets = () => list().refine((values) => values.every(isLongEnough), { error: `each ${TOO_SHORT}` })

const OPERATOR = /^(?:([\w.-]{1,64}):)?([\x21-\x7e]{32,})$/

/** Who may operate, by name where one stands before a colon. */
export const operatorTokens = () =>
  list()
    .refine((values) => values.length > 0 && values.every((value) => OPERATOR.test(value)), {
      error:
        'tokens of at least 32 visible ASCII characters, with commas between them, and a name before each or not: anna:…',
      abort: true,
    })
    .transform((values) =>
      values.map((value) => {
        const [, name = 'operator', token = ''] = OPERATOR.exec(value) ?? []
        return { name, token }
      }),
    )
    .refine((operators) => areDifferent(operators.map(({ token }) => token)), { error: 'of tokens that differ' })

const areDifferent = (words: readonly string[]) => new Set(words).size === words.length

const PERCENT_ENCODED =
  'percent-encoded in its name and its password: / is %2F, # is %23, ? is %3F, @ is %40, % is %25, a comma is %2C'

export const redisUrls = () =>
  list()
    .refine((urls) => !urls.some(isCutByItsPassword) && urls.every(hasDecodablePassword), {
      error: PERCENT_ENCODED,
      abort: true,
    })
    .refine((urls) => urls.length > 0 && urls.every(isRedisUrl), {
      error: 'redis:// or rediss:// URLs, several separated by commas for a Cluster',
    })

const isRedisUrl = (url: string) => isUrl(url, ['redis:', 'rediss:'])

/** Whether a character of the name or the password is taken for the end of the host, or of the whole URL. */
function isCutByItsPassword(url: string, place: number): boolean {
  const host = /@([^@]*)$/.exec(url)?.[1]
  if (host === undefined || !URL.canParse(`redis://${host}`)) return false // wrong in another way
  if (!/^rediss?:\/\//i.test(url)) return place > 0 && !url.includes('://') // a comma stood before it
  if (!URL.canParse(url)) return true
  const { pathname, search, hash } = new URL(url)
  return `${pathname}${search}${hash}`.includes('@')
}

function hasDecodablePassword(url: string): boolean {
  if (!URL.canParse(url)) return true // wrong in another way
  const { username, password } = new URL(url)
  try {
    decodeURIComponent(username + password)
    return true
  } catch {
    return false
  }
}

const isHostWithPort = (node: string) =>
  /^(\[[\da-f:.]+\]|[^:[\]/?#@]+):\d+$/i.test(node) && URL.canParse(`redis://${node}`)

export const hostsWithPorts = () =>
  list().refine((nodes) => nodes.length > 0 && nodes.every(isHostWithPort), {
    error: 'host:port, several separated by commas',
  })

export const host = () =>
  word().refine((value) => /^[A-Za-z0-9._-]+$/.test(value) || (isIP(value) !== 0 && !value.includes('%')), {
    error: 'an IP address or a host name, without a port and a zone',
  })

/** The prefix of a mounted gateway, without the slash at its end. */
export const basePath = () =>
  z
    .string()
    .refine((value) => /^(\/[A-Za-z0-9._~-]+)*\/?$/.test(value) && !/\/\.{1,2}(\/|$)/.test(value), {
      error: 'a path such as /chat',
    })
    .transform((value) => value.replace(/\/$/, ''))

/** `*`, or what a browser sends as `Origin`; anything else (a path, a default port, capitals) would never match. */
const isOrigin = (value: string) =>
  value === '*' ||
  (/^[a-z][a-z0-9+.-]*:\/\/[^/?#@*\s]+$/.test(value) &&
    (!/^https?:/.test(value) || (URL.canParse(value) && new URL(value).origin === value)))

export const origins = () =>
  list().refine((values) => values.length > 0 && values.every(isOrigin), {
    error:
      '* or origins as browsers send them, such as https://example.com, separated by commas. A * within one matches nothing',
  })

export const proxies = () =>
  list().refine(areProxies, {
    error: 'IP addresses, ranges such as 10.0.0.0/8, loopback, linklocal or uniquelocal, separated by commas',
  })

/** To proxy-addr a number is an address: 1, which elsewhere means one proxy, is 0.0.0.1. */
const PROXIES_BY_NAME = ['loopback', 'linklocal', 'uniquelocal']
const isProxy = (entry: string) => PROXIES_BY_NAME.includes(entry) || isIP(entry.replace(/\/.*$/, '')) !== 0

function areProxies(addresses: string[]): boolean {
  if (!addresses.every(isProxy)) return false
  try {
    proxyAddr.compile(addresses)
    return true
  } catch {
    return false
  }
}

/** An absolute path, of a file that can be read. */
export const readableFile = () =>
  phrase().transform((value, context) => {
    const path = resolve(value)
    const content = readText(path)
    if ('text' in content) return path
    context.addIssue({ code: 'custom', message: `a file that can be read (${content.problem})` })
    return z.NEVER
  })

export const jsonObject = () =>
  z.string().transform((value, context): Readonly<Record<string, unknown>> => {
    try {
      const parsed: unknown = JSON.parse(value)
      if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed }
    } catch {
      // said below, like anything else that is no object
    }
    context.addIssue({ code: 'custom', message: 'a JSON object' })
    return z.NEVER
  })

/** Headers that belong to the connection or tell where the body ends: another value would break every request. */
const NOT_TO_BE_SET = /^(connection|content-length|expect|keep-alive|trailer|transfer-encoding|upgrade)$/i

/** Names and values of HTTP headers; values are trimmed. */
export const headers = () =>
  jsonObject().transform((object, context): Readonly<Record<string, string>> => {
    const entries = Object.entries(object).map(([name, value]): [string, string] => {
      const complain = (message: string) => context.addIssue({ code: 'custom', message })
      if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) complain('a JSON object whose names are names of headers')
      else if (NOT_TO_BE_SET.test(name)) complain(`without the header ${name}, which is the connection's own`)
      if (typeof value !== 'string') {
        complain('a JSON object whose values are strings')
        return [name, '']
      }
      const trimmed = value.trim()
      if (/[^\x20-\x7e]/.test(trimmed)) complain('a JSON object whose values are visible ASCII characters and blanks')
      return [name, trimmed]
    })
    return Object.fromEntries(entries)
  })
