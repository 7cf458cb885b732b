/** What `npm run loadtest` can run. */

export interface Scenario {
  readonly summary: string
  /** Virtual users; for `storm`, sockets. */
  readonly users: number
  /** 0 where it ends by itself. */
  readonly seconds: number
  /** It kills replicas: it needs a stack of its own. */
  readonly kills: boolean
  /** What its stack is started with beside the settings of every load test. */
  readonly settings?: Readonly<Record<string, string>>
}

/** Sizes that two cores bear, k6 and the whole stack on them. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  resume: {
    summary: 'users hop to another replica after every message and in the middle of answers',
    users: 20,
    seconds: 30,
    kills: false,
  },
  failover: {
    summary: 'a replica is SIGKILLed every few seconds under load',
    users: 20,
    seconds: 40,
    kills: true,
    settings: { RESTART_DELAY_MS: '1000' },
  },
  storm: {
    summary: 'a replica is SIGKILLed and all of its sockets come back at once',
    users: 500,
    seconds: 0,
    kills: true,
  },
  soak: {
    summary: 'a steady, mixed load for a long time; memory is watched',
    users: 20,
    seconds: 180,
    kills: false,
  },
}
