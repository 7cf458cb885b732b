import type { Usage, UsageField } from '../ports/model.ts'

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
