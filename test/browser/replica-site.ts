import type { LaunchOptions } from 'playwright-core'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { Visits } from './widget-fixture.ts'

export interface ReplicaSite {
  readonly cluster: Cluster
  readonly visits: Visits
}

/** For the tests of a file: one replica without Redis, and a site for visitors of it. Each test ends with its visitors gone. */
export function replicaSite(options?: LaunchOptions): ReplicaSite {
  let cluster: Cluster
  let visits: Visits

  beforeAll(async () => {
    ;[cluster, visits] = await Promise.all([startCluster({ env: { STORE: 'memory' } }), Visits.start(options)])
  })
  afterAll(async () => {
    await visits?.stop()
    await cluster?.stop()
  })
  afterEach(() => visits.leave())

  return {
    get cluster() {
      return cluster
    },
    get visits() {
      return visits
    },
  }
}
