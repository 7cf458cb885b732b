import { afterEach, beforeEach } from 'vitest'
import type { BatonClient, BatonClientOptions } from '../../src/client/index.ts'
import { Clients } from './clients.ts'
import { ScriptedGateway } from './scripted-gateway.ts'

export interface ScriptedClients {
  /** Another one for each test. */
  readonly gateway: ScriptedGateway
  /** A client of it, closed with the test. */
  clientOf(options?: BatonClientOptions): BatonClient
}

/** For the tests of a file: clients of a gateway that does what the test says. */
export function scriptedClients(): ScriptedClients {
  let gateway: ScriptedGateway
  let clients: Clients

  beforeEach(async () => {
    gateway = await ScriptedGateway.start()
    clients = new Clients(gateway.url)
  })
  afterEach(async () => {
    clients.close()
    await gateway.close()
  })

  return {
    get gateway() {
      return gateway
    },
    clientOf: (options) => clients.of(options),
  }
}
