/** Words that operators and replicas have in common, free of any schema library so that the operators' page can share them. */

/** Of `LOG_LEVEL`, the most talkative first. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

/** Why an answer was taken over, and how it went on. */
export const TAKEOVER_CAUSES = ['death', 'drain', 'reclaim'] as const
export const TAKEOVER_OUTCOMES = ['reattach', 'continue', 'restart', 'interrupted'] as const
export type TakeoverCause = (typeof TAKEOVER_CAUSES)[number]
export type TakeoverOutcome = (typeof TAKEOVER_OUTCOMES)[number]
