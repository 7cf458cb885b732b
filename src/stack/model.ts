import { join } from 'node:path'
import type { Program } from './child.ts'
import { plainEnvironment } from './environment.ts'
import { httpProbe } from './health.ts'
import { nodeBinary } from './node.ts'
import { installation } from './settings.ts'

const STOP_MS = 3000

/** The demo model, for those who have given no provider. */
export function modelProgram(port: number, dataDir: string): Program {
  const healthUrl = `http://127.0.0.1:${port}/healthz`
  return {
    name: 'model',
    port,
    command: nodeBinary,
    args: [join(installation, 'dist/demo-model/main.js')],
    env: {
      ...plainEnvironment(process.env),
      PORT: String(port),
      HOST: '127.0.0.1',
      DEMO_TOKENS_PER_SECOND: process.env.DEMO_TOKENS_PER_SECOND,
    },
    cwd: dataDir,
    logFile: join(dataDir, 'logs', 'model.log'),
    quiet: true,
    stopMs: STOP_MS,
    probe: httpProbe(healthUrl),
    healthUrl,
  }
}
