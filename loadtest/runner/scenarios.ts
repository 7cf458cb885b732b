/** What `npm run loadtest` can run. */

export interface Scenario {
  readonly summary: string
  /** Virtual users; for `storm`, sockets. */
  readonly users: number
  readonly seconds: number
  /** It kills replicas: it needs a stack of its own. */
  readonly kills: boolean
}

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  resume: {
    summary: 'users hop to another replica after every message and in the middle of answers',
    users: 20,
    seconds: 30,
    kills: false,
  },
  failover: {
    summary: 'a replica is SIGKILLed every few seconds under load',
    users: 30,
    seconds: 40,
    kills: true,
  },
  storm: {
    summary: 'a replica is SIGKILLed and all of its sockets come back at once',
    users: 500,
    seconds: 0,
    kills: true,
  },
  soak: {
    summary: 'a mixed load for a long time; memory is looked at in the end',
    users: 20,
    seconds: 300,
    kills: false,
  },
}
