import type { Check } from '../check.ts'
import { access } from './access.ts'
import { errors } from './errors.ts'
import { http } from './http.ts'
import { messages } from './messages.ts'
import { olderApi } from './older-api.ts'
import { beyond } from './out-of-reach.ts'
import { serverEvents } from './server-events.ts'
import { sessions } from './sessions.ts'
import { streaming } from './streaming.ts'

/** Every check, in the order in which they run. */
export const checks: readonly Check[] = [
  ...sessions,
  ...messages,
  ...streaming,
  ...errors,
  ...access,
  ...http,
  ...serverEvents,
  ...olderApi,
  ...beyond,
]
