import { resolve } from 'node:path'
import { FILES } from '../config/schema.ts'
import { misspelt } from '../config/spelling.ts'

/** What any program needs: to be found, and to know the user's language and time. */
const PLAIN = /^(?:PATH|HOME|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|LD_LIBRARY_PATH)$/

/** For programs that need no setting of Baton's, so that no secret of the user's is theirs to lose. */
export function plainEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => PLAIN.test(name)))
}

/** glibc's: without it each of V8's threads keeps an arena of its own, 5 KiB for each idle connection (docs/performance.md). */
const MEMORY = { MALLOC_ARENA_MAX: '1' }

/** Of Node.js itself; a relative one counts from where the stack was started, too. */
const FILES_OF_NODE = ['NODE_EXTRA_CA_CERTS']

/**
 * For replicas, who work in another directory: everything, with paths that hold there. Without what is nearly spelt like
 * a setting: the stack has warned of it, and each replica would again.
 */
export function replicaEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const slips = misspelt(env)
  const kept = Object.entries(env).filter(([name]) => !slips.has(name))
  const paths = [...FILES, ...FILES_OF_NODE].flatMap((name) => {
    const path = env[name]?.trim()
    return path ? [[name, resolve(path)]] : []
  })
  return { ...MEMORY, ...Object.fromEntries([...kept, ...paths]), ...withoutProxyHere(env) }
}

/** Where Node.js is to ask through a proxy (NODE_USE_ENV_PROXY), what is on this machine is asked without it. */
export function withoutProxyHere(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const given = env.no_proxy ?? env.NO_PROXY
  const hosts = given === '*' ? given : [given, '127.0.0.1'].filter(Boolean).join(',')
  return { NO_PROXY: hosts, no_proxy: hosts }
}
