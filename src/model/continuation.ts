import type { Turn } from '../ports/model.ts'

/** How a chat model is asked to go on with a text (LLM_CONTINUE). */
export type ContinueStyle = 'instruct' | 'prefix' | 'vllm'

/** The last user turn of the `instruct` style. */
export const GO_ON =
  'Your last message was cut off in the middle. Go on exactly where it stops, in the same language and format: write only ' +
  'what comes next, beginning with the very next character, without repeating any of it and without a preamble.'

/** The part of a chat request that says what to answer. */
export interface ChatPrompt {
  readonly messages: readonly (Turn & { readonly prefix?: true })[]
  readonly continue_final_message?: true
  readonly add_generation_prompt?: false
}

/** Asks to go on with `text`, the beginning of the answer to `turns`. */
export function continued(turns: readonly Turn[], text: string, style: ContinueStyle): ChatPrompt {
  const answer = { role: 'assistant', content: text } as const
  switch (style) {
    case 'instruct':
      return { messages: [...turns, answer, { role: 'user', content: GO_ON }] }
    case 'prefix':
      return { messages: [...turns, { ...answer, prefix: true }] }
    case 'vllm':
      return { messages: [...turns, answer], continue_final_message: true, add_generation_prompt: false }
  }
}
