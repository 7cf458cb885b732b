import { estimatedTokens, type Usage, type UsageField } from '../../ports/model.ts'

/** An answer's tokens over all of its requests; `estimated` where a provider did not tell all of them. */
export type TotalUsage = Usage & { readonly estimated?: true }

/** One request to a model, as far as it has gone. */
interface Spending {
  promptTokens: number
  /** UTF-8 bytes of text and reasoning that came. */
  outputBytes: number
  /** The provider's last word. */
  told: Usage | null
  /** Anything came, or the request was given up while it was waited for: it was not simply refused. */
  counts: boolean
}

/**
 * Counts what an answer costs: the sum over its requests, those of an owner before this one included as far as its text
 * tells. What a provider does not say, or what was cut off before it could, is estimated.
 */
export class Spent {
  #sum: Usage | null = null
  #isEstimated = false
  #open: Spending | null

  /** `inheritedBytes`: the answer's text of an owner before this one. */
  constructor(inheritedBytes = 0) {
    this.#open = inheritedBytes === 0 ? null : spending(0, inheritedBytes)
  }

  /** A request begins; `goesOn` where it is the same one to the provider as before (F3, reattach), which then counts once. */
  begin(promptTokens: number, goesOn: boolean): void {
    if (this.#open !== null && this.#open.promptTokens === 0) this.#open.promptTokens = promptTokens
    if (goesOn && this.#open !== null) return
    this.#close()
    this.#open = { ...spending(promptTokens, 0), counts: false }
  }

  /** Text or reasoning came. */
  output(bytes: number): void {
    if (this.#open === null) return
    this.#open.outputBytes += bytes
    this.#open.counts = true
  }

  tell(usage: Usage): void {
    if (this.#open === null) return
    this.#open.counts = true
    const total_tokens = tokensOf(usage)
    if (total_tokens > 0) this.#open.told = usage.total_tokens === 0 ? { ...usage, total_tokens } : usage // some providers send zeros, or nothing of what is known
  }

  /** The request was given up, not refused. */
  cut(): void {
    if (this.#open !== null) this.#open.counts = true
  }

  /** The request ended well: what was told of it is all of it. */
  end(): void {
    const { told } = this.#open ?? { told: null }
    if (told === null) return this.#close()
    this.#open = null
    this.#add(told)
  }

  /** All so far; null where nothing was asked of any model. No request may follow. */
  total(): TotalUsage | null {
    this.#close()
    if (this.#sum === null) return null
    return this.#isEstimated ? { ...this.#sum, estimated: true } : this.#sum
  }

  #close(): void {
    const open = this.#open
    this.#open = null
    if (open === null || !open.counts) return
    this.#isEstimated = true
    const [prompt, completion] = [open.promptTokens, estimatedTokens(open.outputBytes)]
    const speaksOfInput = { ...this.#sum, ...open.told }.input_tokens !== undefined
    const estimate: Usage = speaksOfInput
      ? { input_tokens: prompt, output_tokens: completion }
      : { prompt_tokens: prompt, completion_tokens: completion }
    const usage = { ...estimate, ...open.told }
    this.#add({ ...usage, total_tokens: Math.max(open.told?.total_tokens ?? 0, partsOf(usage)) })
  }

  #add(usage: Usage): void {
    if (this.#sum === null) {
      this.#sum = usage
      return
    }
    const sum: Partial<Record<UsageField, number>> =
      usage.input_tokens === undefined || usage.prompt_tokens !== undefined ? { ...this.#sum } : asInput(this.#sum)
    for (const field of Object.keys(usage) as UsageField[]) sum[field] = (sum[field] ?? 0) + (usage[field] ?? 0)
    this.#sum = { ...sum, total_tokens: tokensOf(this.#sum) + tokensOf(usage) }
  }
}

function spending(promptTokens: number, outputBytes: number): Spending {
  return { promptTokens, outputBytes, told: null, counts: true }
}

/** By the names of the Responses API: what was estimated before its first word has the others. */
function asInput({ prompt_tokens, completion_tokens, ...usage }: Usage): Usage {
  if (prompt_tokens === undefined && completion_tokens === undefined) return usage
  return { ...usage, input_tokens: prompt_tokens ?? 0, output_tokens: completion_tokens ?? 0 }
}

/** Of what was asked, and of what was answered, by either API's name. */
export function inputOf({ prompt_tokens, input_tokens }: Usage): number {
  return prompt_tokens ?? input_tokens ?? 0
}

export function outputOf({ completion_tokens, output_tokens }: Usage): number {
  return completion_tokens ?? output_tokens ?? 0
}

/** All tokens of it. */
export function tokensOf(usage: Usage): number {
  return usage.total_tokens || partsOf(usage) // some tell the parts alone, and a total of zero
}

function partsOf(usage: Usage): number {
  return inputOf(usage) + outputOf(usage)
}
