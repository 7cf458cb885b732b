import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.ts'
import type { HostPageOptions } from '../support/host-page.ts'
import { ScriptedGateway } from '../support/scripted-gateway.ts'
import { Visits } from './widget-fixture.ts'

export interface ScriptedSite {
  readonly visits: Visits
  /** Another one for each test. */
  readonly gateway: ScriptedGateway
  /** The site from now on: with the launcher, where nothing else is said. */
  embed(options?: Partial<HostPageOptions>): void
}

/** For the tests of a file: a site whose widget talks to a gateway that does what the test says. A replica only serves the script. */
export function scriptedSite(): ScriptedSite {
  let cluster: Cluster
  let visits: Visits
  let gateway: ScriptedGateway

  beforeAll(async () => {
    ;[cluster, visits] = await Promise.all([startCluster({ env: { STORE: 'memory' } }), Visits.start()])
  })
  afterAll(async () => {
    await visits?.stop()
    await cluster?.stop()
  })
  beforeEach(async () => {
    gateway = await ScriptedGateway.start()
  })
  afterEach(async () => {
    await visits.leave()
    await gateway.close()
  })

  return {
    get visits() {
      return visits
    },
    get gateway() {
      return gateway
    },
    embed(options) {
      const attributes = `data-launcher data-server="${gateway.url}"`
      visits.embed({ gateway: cluster.urlOf(0), attributes, ...options }, [gateway.url])
    },
  }
}
