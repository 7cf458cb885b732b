import type { TokenSink, Usage, UsageField } from '../ports/model.ts'

const FIELDS: readonly UsageField[] = [
  'prompt_tokens',
  'completion_tokens',
  'input_tokens',
  'output_tokens',
  'total_tokens',
]

interface Details {
  readonly reasoning_tokens?: unknown
  readonly cached_tokens?: unknown
}

/** The counts that are known of a provider's `usage`; whatever else it holds is left behind, as it may hold anything. */
export function usageOf(given: object): Usage {
  const counts = given as Partial<Record<string, unknown>>
  const output = (counts.completion_tokens_details ?? counts.output_tokens_details) as Details | null | undefined
  const input = (counts.prompt_tokens_details ?? counts.input_tokens_details) as Details | null | undefined
  const found: [UsageField, unknown][] = [
    ...FIELDS.map((field): [UsageField, unknown] => [field, counts[field]]),
    ['reasoning_tokens', output?.reasoning_tokens],
    ['cached_tokens', input?.cached_tokens],
  ]
  return Object.fromEntries(found.filter(([, count]) => Number.isSafeInteger(count) && Number(count) >= 0))
}

/** `sink` as a further request for the same answer is given it: what it uses comes on top of `earlier`. */
export function usingMore(sink: TokenSink, earlier: Usage): TokenSink {
  return {
    text: (piece) => sink.text(piece),
    reasoning: (piece) => sink.reasoning?.(piece),
    usage: (usage) => sink.usage?.(sumOf(earlier, usage)),
    bookmark: (bookmark) => sink.bookmark(bookmark),
  }
}

/** Of a total that one of them does not tell, or tells as zero, nothing is known but its parts. */
function sumOf(one: Usage, other: Usage): Usage {
  const { total_tokens, ...sum }: Partial<Record<UsageField, number>> = { ...one }
  const { total_tokens: more, ...parts } = other
  for (const field of Object.keys(parts) as (keyof typeof parts)[]) sum[field] = (sum[field] ?? 0) + (parts[field] ?? 0)
  return total_tokens && more ? { ...sum, total_tokens: total_tokens + more } : sum
}
