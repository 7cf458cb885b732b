/** Answers that stream at the same time. */
export interface Load {
  readonly streams: number
  /** Tokens a second of each stream. */
  readonly rate: number
  /** Tokens that each answer has from the start. */
  readonly head?: number
  /** Over how long the streams are started, in seconds. */
  readonly rampSeconds: number
  /** Between the last start and the measuring. */
  readonly warmupSeconds: number
  /** How long is measured. */
  readonly seconds: number
}

/** How much of everything a run takes. */
export interface Sizes {
  readonly rounds: number
  /** Of what takes long: latency at a share of a core, takeovers, storms. */
  readonly longRounds: number
  /** So little that nothing ever waits for anything: what is left is the latency of the path. */
  readonly idle: Load
  /** What one replica carries with ease, and what makes it work. */
  readonly steady: Load
  readonly heavy: Load
  /** Equal load on each of several replicas. */
  readonly perReplica: Load
  readonly replicas: readonly number[]
  /** Characters that an answer has already. */
  readonly lengths: readonly number[]
  /** Messages in a session, and how many such sessions. */
  readonly messages: readonly number[]
  readonly longSessions: number
  /** Sessions in which answers follow one another, and for how long, in seconds. */
  readonly chatting: number
  readonly chattingSeconds: number
  /** Sessions that are opened, appended to and taken over. */
  readonly operations: number
  readonly takeovers: number
  /** How long replicas are left alone, in seconds. */
  readonly idleSeconds: number
  /** Connections whose memory is weighed; of all that come back after a kill; that stop reading; that do nothing. */
  readonly crowd: number
  /** For things to calm down before memory is weighed, in milliseconds. */
  readonly restMs: number
  readonly storm: number
  readonly stalled: number
  readonly idlers: number
  /** More than twice what it takes until a replica calls itself saturated: newcomers come in the middle. */
  readonly overloadSeconds: number
  /** How long a connection floods, in milliseconds. */
  readonly floodMs: number
  /** How long those are watched that read nothing and ask for much, in milliseconds. */
  readonly deafMs: number
}

export const FULL: Sizes = {
  rounds: 3,
  longRounds: 1,
  idle: { streams: 10, rate: 20, rampSeconds: 0.5, warmupSeconds: 0.5, seconds: 3 },
  steady: { streams: 100, rate: 40, rampSeconds: 0.5, warmupSeconds: 1, seconds: 3.5 },
  heavy: { streams: 500, rate: 40, rampSeconds: 1, warmupSeconds: 1.5, seconds: 4 },
  perReplica: { streams: 30, rate: 40, rampSeconds: 0.5, warmupSeconds: 0.7, seconds: 2.5 },
  replicas: [1, 2, 4, 8],
  lengths: [500, 5000, 50_000],
  messages: [2, 200, 2000],
  longSessions: 12,
  chatting: 100,
  chattingSeconds: 3,
  operations: 700,
  takeovers: 100,
  idleSeconds: 15,
  crowd: 2000,
  restMs: 1500,
  storm: 5000,
  stalled: 1000,
  idlers: 10_000,
  overloadSeconds: 25,
  floodMs: 5000,
  deafMs: 25_000,
}

export const QUICK: Sizes = {
  ...FULL,
  rounds: 1,
  steady: { ...FULL.steady, seconds: 3 },
  heavy: { ...FULL.heavy, seconds: 3 },
  replicas: [1, 4],
  messages: [2, 500],
  chattingSeconds: 3,
  operations: 300,
  idleSeconds: 10,
  crowd: 1000,
  storm: 1000,
  stalled: 300,
  idlers: 2000,
  overloadSeconds: 8,
  floodMs: 2000,
  deafMs: 12_000,
}

const TINY: Load = { streams: 4, rate: 20, rampSeconds: 0.1, warmupSeconds: 0.1, seconds: 0.6 }

/** Only to see that everything works. */
export const SMOKE: Sizes = {
  rounds: 1,
  longRounds: 1,
  idle: TINY,
  steady: TINY,
  heavy: TINY,
  perReplica: TINY,
  replicas: [1, 2],
  lengths: [50, 500],
  messages: [2, 20],
  longSessions: 3,
  chatting: 4,
  chattingSeconds: 0.6,
  operations: 20,
  takeovers: 4,
  idleSeconds: 0.2,
  crowd: 30,
  restMs: 50,
  storm: 30,
  stalled: 20,
  idlers: 60,
  overloadSeconds: 1,
  floodMs: 300,
  deafMs: 500,
}
