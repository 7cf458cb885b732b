import { givenBy, shown } from './environment.ts'
import { quotasIn } from './quotas.ts'
import { type Parsed, schema } from './schema.ts'
import { misspelt } from './spelling.ts'

/** Every setting of a gateway, as the schema gives it. */
export type Settings = Readonly<Parsed>

/** The same, with the defaults that depend on other settings filled in: read once, then frozen (R4). */
export type ResolvedSettings = Settings & { readonly LLM_API: 'chat' | 'responses'; readonly TRUST_USER_ID: boolean }

/** Settings that cannot be used; the message names each, its value unless it is a secret, and what is allowed. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
}

/**
 * Checks `env` and gives the settings, or throws `SettingsError` naming every wrong one. Values are trimmed, an empty
 * variable is as good as none, and what may hold a secret is also read from the file that `<name>_FILE` names (R5, R6).
 */
export function readSettings(env: NodeJS.ProcessEnv): ResolvedSettings {
  const { values, complaints } = givenBy(env)
  const parsed = schema.safeParse(values)
  const issues = (parsed.error?.issues ?? []).map(({ path: [first], message }) => {
    const name = String(first)
    return `${name}=${JSON.stringify(shown(name, values[name]))}: must be ${message}`
  })
  const all = [...complaints, ...issues, ...(parsed.success ? conflicts(parsed.data) : [])]
  if (!parsed.success || all.length > 0) throw new SettingsError(all.join('\n'))
  const settings = parsed.data
  return Object.freeze({
    ...settings,
    LLM_API: apiOf(settings),
    TRUST_USER_ID: settings.TRUST_USER_ID ?? isLoopback(settings.HOST),
  })
}

/** Whether a session's user is who it is said to be (X3). */
export function knowsUsers({ AUTH, TRUST_USER_ID }: Pick<ResolvedSettings, 'AUTH' | 'TRUST_USER_ID'>): boolean {
  return AUTH === 'jwt' || TRUST_USER_ID
}

/** As in nginx.conf. */
const KEPT_BY_NGINX = /\/admin(\/|$)|\/metrics$/

/** What an operator should hear of at the start, though it stops nothing: one sentence each. */
export function remarksOn(
  env: NodeJS.ProcessEnv,
  settings: Pick<Settings, 'AUTH' | 'HOST' | 'BASE_PATH' | 'JWT_SECRET' | 'JWT_JWKS_URL'>,
): readonly string[] {
  const remarks = [...misspelt(env)].map(([name, meant]) => `${name} is no setting of Baton; is ${meant} meant?`)
  if (settings.AUTH === 'none' && !isLoopback(settings.HOST)) {
    remarks.push(
      `HOST=${settings.HOST} can be reached from other machines and AUTH=none: anybody who knows a session's id can read it.`,
    )
  }
  const unused = (['JWT_SECRET', 'JWT_JWKS_URL'] as const).find((name) => settings[name] !== undefined)
  if (settings.AUTH === 'none' && unused !== undefined) {
    remarks.push(`${unused} is set, but AUTH=none: nobody is asked for a token. AUTH=jwt asks for one.`)
  }
  if (KEPT_BY_NGINX.test(settings.BASE_PATH)) {
    remarks.push(
      `BASE_PATH=${settings.BASE_PATH}: the nginx.conf of Baton keeps /admin and /metrics from the public, and so this.`,
    )
  }
  return remarks
}

/** Whether only this machine reaches what listens on `host`. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

function apiOf({ LLM_API, OPENAI_BASE_URL }: Settings): 'chat' | 'responses' {
  return LLM_API ?? (OPENAI_BASE_URL === undefined ? 'responses' : 'chat')
}

/** What only works together. */
function conflicts(settings: Settings): string[] {
  const found: string[] = []
  const { AUTH, JWT_SECRET, JWT_OTHER_SECRETS, JWT_JWKS_URL, LLM_RESUME, REDIS_TLS_CERT, REDIS_TLS_KEY } = settings
  if (AUTH === 'jwt' && JWT_SECRET === undefined && JWT_JWKS_URL === undefined) {
    found.push('AUTH="jwt": needs JWT_SECRET or JWT_JWKS_URL')
  }
  if (JWT_SECRET === undefined && JWT_OTHER_SECRETS.length > 0) {
    found.push('JWT_OTHER_SECRETS: are accepted beside JWT_SECRET, which is missing')
  }
  const quotas = quotasIn(settings)
  if (quotas !== null && AUTH !== 'jwt') {
    found.push(
      'DAILY_…_PER_USER, MAX_ANSWERS_PER_USER, and the same PER_GROUP: need AUTH=jwt, which tells who a user is',
    )
  }
  if (quotas?.group && settings.JWT_GROUP_CLAIM === undefined) {
    found.push('DAILY_…_PER_GROUP, MAX_ANSWERS_PER_GROUP: need JWT_GROUP_CLAIM, which tells the group')
  }
  if (LLM_RESUME === 'reattach' && apiOf(settings) === 'chat') {
    found.push('LLM_RESUME="reattach": only LLM_API=responses can; allowed with chat are auto, continue, restart, none')
  }
  if ((REDIS_TLS_CERT === undefined) !== (REDIS_TLS_KEY === undefined)) {
    found.push('REDIS_TLS_CERT and REDIS_TLS_KEY: one needs the other')
  }
  if (settings.REDIS_SENTINELS.length === 0 && settings.REDIS_URL.some((url) => new URL(url).host === '')) {
    found.push('REDIS_URL: must name a host, as redis://127.0.0.1:6379 does')
  }
  if (settings.OPS_PORT !== undefined && settings.OPS_PORT !== 0 && settings.OPS_PORT === settings.PORT) {
    found.push('OPS_PORT: must not be PORT')
  }
  return found
}
