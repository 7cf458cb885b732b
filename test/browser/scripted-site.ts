import { afterEach, beforeEach } from 'vitest'
import type { HostPageOptions } from '../support/host-page.ts'
import { ScriptedGateway } from '../support/scripted-gateway.ts'
import { replicaSite } from './replica-site.ts'
import type { Visits } from './widget-fixture.ts'

export interface ScriptedSite {
  readonly visits: Visits
  /** Another one for each test. */
  readonly gateway: ScriptedGateway
  /** The site from now on: with the launcher, where nothing else is said. */
  embed(options?: Partial<HostPageOptions>): void
}

/** For the tests of a file: a site whose widget talks to a gateway that does what the test says. A replica only serves the script. */
export function scriptedSite(): ScriptedSite {
  let gateway: ScriptedGateway
  beforeEach(async () => {
    gateway = await ScriptedGateway.start()
  })
  afterEach(() => gateway.close())
  const site = replicaSite() // its visitors leave before their gateway ends

  return {
    get visits() {
      return site.visits
    },
    get gateway() {
      return gateway
    },
    embed(options) {
      const attributes = `data-launcher data-server="${gateway.url}"`
      site.visits.embed({ gateway: site.cluster.urlOf(0), attributes, ...options }, [gateway.url])
    },
  }
}
