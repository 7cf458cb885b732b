import { floods } from './floods.ts'
import { growth } from './growth.ts'
import { hostile } from './hostile.ts'
import { idle } from './idle.ts'
import { latency } from './latency.ts'
import { memory } from './memory.ts'
import { operations } from './operations.ts'
import { replicas } from './replicas.ts'
import type { Scenario } from './scenario.ts'
import { short } from './short.ts'
import { start } from './start.ts'
import { storm } from './storm.ts'
import { tokens } from './tokens.ts'

/** In the order of the report. */
export const SCENARIOS: readonly Scenario[] = [
  tokens,
  latency,
  short,
  growth,
  replicas,
  operations,
  idle,
  start,
  memory,
  storm,
  hostile,
  floods,
]
