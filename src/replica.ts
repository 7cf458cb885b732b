import { type App, startApp } from './app.ts'
import { readSettings, remarksOn, SettingsError } from './config/settings.ts'
import { guardProcess } from './guard.ts'
import { RedisUnusable } from './store/redis/unusable.ts'

/** Starts one replica from the environment. The first SIGTERM or SIGINT drains it, a second one ends it at once. */
async function main(): Promise<void> {
  const settings = readSettings(process.env)
  let app: App | null = null // before it is there, nothing is to be given away
  const leave = async (): Promise<void> => {
    process.once('SIGTERM', quit).once('SIGINT', quit)
    await app?.stop()
    process.exit(0)
  }
  process.once('SIGTERM', leave).once('SIGINT', leave)
  app = await startApp(settings, remarksOn(process.env, settings))
  guardProcess(app.log, app.meter)
}

function quit(): void {
  process.exit(1)
}

/** Resolves once it serves; where it cannot, the process ends. */
export const started = main().catch((error: unknown) => {
  const expected = error instanceof SettingsError || error instanceof RedisUnusable || isListenError(error)
  console.error(expected ? `baton: ${(error as Error).message}` : error)
  process.exit(1)
})

function isListenError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && error.syscall === 'listen'
}
