import type { Program } from './child.ts'
import { modelProgram } from './model.ts'
import { nginxProgram, reachable } from './nginx.ts'
import { checkListen, freePorts, portOwner } from './ports.ts'
import { type RedisProgram, redisProgram } from './redis.ts'
import { replicaProgram } from './replica.ts'
import type { StackSettings } from './settings.ts'

/** All programs of one stack, each with the port that it keeps. */
export interface Plan {
  readonly url: string
  readonly redis: RedisProgram | undefined
  readonly model: Program | undefined
  readonly replicas: readonly Program[]
  readonly nginx: Program
}

/** nginx cannot have the address that it is to listen on. */
export class PortUnavailable extends Error {
  override readonly name = 'PortUnavailable'
}

/** Chooses the ports and lays out the programs. Throws `PortUnavailable` at once where PORT is taken, or HOST is not this machine's. */
export async function makePlan(settings: StackSettings): Promise<Plan> {
  const { host, dataDir, basePath } = settings
  await checkPort(settings.port, host)
  const [nginxPort = 0, redisPort = 0, modelPort = 0, ...replicaPorts] = await freePorts(3 + settings.replicas)
  const port = settings.port || nginxPort
  const redis = settings.redis === 'own' ? redisProgram(redisPort, dataDir) : undefined
  const model = settings.model === 'demo' ? modelProgram(modelPort, dataDir) : undefined
  const neighbours = { redisUrl: redis?.url, modelPort: model?.port }
  return {
    url: `http://${reachable(host)}:${port}${basePath}`,
    redis,
    model,
    replicas: replicaPorts.map((replicaPort, index) =>
      replicaProgram(`r${index + 1}`, replicaPort, neighbours, settings),
    ),
    nginx: nginxProgram(port, host, replicaPorts, dataDir, basePath),
  }
}

async function checkPort(port: number, host: string): Promise<void> {
  try {
    await checkListen(port, host)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE') {
      const owner = portOwner(port)
      throw new PortUnavailable(
        `Port ${port} is in use${owner ? ` by ${owner}` : ''}. Choose another: PORT=${port + 1} npm start`,
      )
    }
    if (code === 'EACCES')
      throw new PortUnavailable(`Port ${port} is not open to this user. Choose one above 1023: PORT=8080 npm start`)
    throw new PortUnavailable(`HOST=${JSON.stringify(host)}: must be an address of this machine (${code})`)
  }
}
