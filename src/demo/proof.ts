/** Whether the answer came whole: what there is to check once it has ended. Pure. */
import type { Message } from '../protocol/message.ts'
import type { Fault } from './options.ts'

export interface Evidence {
  readonly fault: Fault
  /** What the model says to the question when nothing happens, and how many tokens that takes it. */
  readonly undisturbed: { readonly text: string; readonly tokens: number }
  /** Tokens that the model generated for the answer. */
  readonly tokens: number
  /** Whether the model is to generate nothing twice. */
  readonly reattaches: boolean
  /** Whether the text is to start again from nothing (LLM_RESUME=restart). */
  readonly restarts: boolean
  readonly final: Message | undefined
  /** What each viewer was shown. */
  readonly viewers: readonly { readonly name: string; readonly shown: string; readonly wasTakenBack: boolean }[]
}

export interface Finding {
  readonly holds: boolean
  readonly text: string
}

/** In the order in which they are told. */
export function findingsOf(evidence: Evidence): Finding[] {
  const { undisturbed, final, viewers, fault, tokens, reattaches, restarts } = evidence
  const replicas = (final?.metadata.replicas ?? []) as readonly string[]
  return [
    ...viewers.map(({ name, shown }) => textFinding(name, shown, undisturbed.text)),
    restarts
      ? { holds: true, text: 'the text started again from nothing, as LLM_RESUME=restart says' }
      : { holds: viewers.every(({ wasTakenBack }) => !wasTakenBack), text: 'nothing that was shown was taken back' },
    { holds: final?.status === 'complete', text: `the message ended as ${final?.status ?? 'nothing'}` },
    {
      holds: replicas.length > 1 || restarts || fault === 'drain',
      text: `written by ${replicas.join(', then ')}`,
    },
    {
      holds: tokens === undisturbed.tokens || !reattaches,
      text:
        tokens === undisturbed.tokens
          ? `generated once: the model made ${tokens} tokens for an answer of ${undisturbed.tokens}`
          : `the model made ${tokens} tokens for an answer of ${undisturbed.tokens}`,
    },
  ]
}

function textFinding(name: string, shown: string, expected: string): Finding {
  if (shown === expected) {
    return {
      holds: true,
      text: `${name} has exactly the ${expected.length} characters that the model says undisturbed`,
    }
  }
  const at = [...expected].findIndex((_, i) => shown[i] !== expected[i])
  const excerpt = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 20), at + 20))
  return {
    holds: false,
    text: `${name} has other text from character ${at} on: ${excerpt(shown)} instead of ${excerpt(expected)}`,
  }
}
