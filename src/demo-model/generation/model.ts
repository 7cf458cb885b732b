import type { Prompt } from '../mind/prompt.ts'
import { replyTo } from '../mind/reply.ts'
import { paced } from './pace.ts'
import { countTokens, tokenize } from './tokens.ts'

/** What the model is doing, for `/healthz`. */
export interface Activity {
  /** Answers that are being generated. */
  readonly running: number
  /** Tokens generated since the start. */
  readonly tokens: number
}

export interface Outcome {
  /** `length` where the limit cut the answer off. */
  readonly finishReason: 'stop' | 'length'
  readonly promptTokens: number
  readonly completionTokens: number
}

/** One answer that is about to be generated. */
export interface Plan {
  /** The answer's tokens at the model's pace, once; ends early when `signal` aborts. */
  tokens(signal: AbortSignal): AsyncGenerator<string>
  /** So far; final once `tokens` has ended. */
  outcome(): Outcome
}

export interface Model {
  readonly activity: Activity
  /** Thinks of the answer to `prompt`, of at most `maxTokens` tokens. */
  plan(prompt: Prompt, maxTokens: number): Plan
}

export function createModel(tokensPerSecond: number, random: () => number): Model {
  const activity = { running: 0, tokens: 0 }

  function plan(prompt: Prompt, maxTokens: number): Plan {
    const answer = replyTo(prompt)
    const promptTokens = prompt.turns.reduce((sum, turn) => sum + countTokens(turn.text), 0)
    let completionTokens = 0
    let finishReason: Outcome['finishReason'] = 'stop'

    function* limited(): Iterable<string> {
      for (const token of tokenize(answer)) {
        if (completionTokens === maxTokens) {
          finishReason = 'length'
          return
        }
        completionTokens++
        activity.tokens++
        yield token
      }
    }
    async function* tokens(signal: AbortSignal): AsyncGenerator<string> {
      activity.running++
      try {
        yield* paced(limited(), { tokensPerSecond, random }, signal)
      } finally {
        activity.running--
      }
    }
    return { tokens, outcome: () => ({ finishReason, promptTokens, completionTokens }) }
  }

  return { activity, plan }
}
