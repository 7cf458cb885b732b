import { SettingsError } from './config/settings.ts'

/** Where to listen, and the setting that says which port. */
interface Listening {
  readonly setting: 'PORT' | 'OPS_PORT'
  readonly port: number
  readonly host: string
  readonly backlog?: number
}

type Server = { listen(where: Readonly<{ port: number; host: string; backlog?: number }>): Promise<unknown> }

/** By the system's error, what a port must be. */
const PORT_FAULTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'a port that nothing else listens on',
  EACCES: 'a port that is open to this user',
}
const HOST_FAULTS = ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL']

/** Listens. Throws `SettingsError` that names the port's setting or HOST where one of them is at fault (R4). */
export async function listen(server: Server, { setting, ...where }: Listening): Promise<void> {
  try {
    await server.listen(where)
  } catch (cause) {
    if (!(cause instanceof Error && 'syscall' in cause && 'code' in cause)) throw cause
    const port = PORT_FAULTS[String(cause.code)]
    if (port !== undefined)
      throw new SettingsError(`${setting}="${where.port}": must be ${port} (${cause.message})`, { cause })
    if (cause.syscall !== 'getaddrinfo' && !HOST_FAULTS.includes(String(cause.code))) throw cause
    throw new SettingsError(`HOST="${where.host}": must be an address of this machine (${cause.message})`, { cause })
  }
}
