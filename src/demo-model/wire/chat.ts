/** `POST /v1/chat/completions`. */
import type { FastifyInstance } from 'fastify'
import type { ChatCompletion, ChatCompletionChunk } from 'openai/resources/chat/completions'
import type { CompletionUsage } from 'openai/resources/completions'
import type { Model, Plan } from '../generation/model.ts'
import { parseOr400 } from './errors.ts'
import { newId, secondsNow } from './identity.ts'
import { type ChatRequest, chatPrompt, chatRequest } from './prompts.ts'
import { goneSignal, sendEvents, sseEvent } from './sse.ts'

export function chatRoutes(app: FastifyInstance, model: Model): void {
  app.post('/v1/chat/completions', async (request, reply) => {
    const asked = parseOr400(chatRequest, request.body)
    const plan = model.plan(chatPrompt(asked), asked.max_completion_tokens ?? asked.max_tokens ?? Infinity)
    const gone = goneSignal(reply)
    if (asked.stream) return sendEvents(reply, chatEvents(asked, plan, gone))
    return wholeCompletion(asked, plan, gone)
  })
}

async function* chatEvents(asked: ChatRequest, plan: Plan, gone: AbortSignal): AsyncGenerator<string> {
  const includeUsage = asked.stream_options?.include_usage ?? false
  const envelope = {
    ...identity(asked.model),
    object: 'chat.completion.chunk' as const,
    system_fingerprint: FINGERPRINT,
  }
  const event = (choices: ChatCompletionChunk.Choice[], usage: CompletionUsage | null): string => {
    const chunk: ChatCompletionChunk = { ...envelope, choices, ...(includeUsage ? { usage } : {}) }
    return sseEvent(chunk)
  }
  const choice = (
    delta: ChatCompletionChunk.Choice.Delta,
    finish_reason: 'stop' | 'length' | null = null,
  ): ChatCompletionChunk.Choice[] => [{ index: 0, delta, logprobs: null, finish_reason }]

  yield event(choice({ role: 'assistant', content: '', refusal: null }), null)
  for await (const token of plan.tokens(gone)) yield event(choice({ content: token }), null)
  if (gone.aborted) return
  yield event(choice({}, plan.outcome().finishReason), null)
  if (includeUsage) yield event([], usageOf(plan))
  yield 'data: [DONE]\n\n'
}

async function wholeCompletion(asked: ChatRequest, plan: Plan, gone: AbortSignal): Promise<ChatCompletion> {
  let content = ''
  for await (const token of plan.tokens(gone)) content += token
  const message = { role: 'assistant' as const, content, refusal: null, annotations: [] }
  return {
    ...identity(asked.model),
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: plan.outcome().finishReason }],
    usage: usageOf(plan),
    system_fingerprint: FINGERPRINT,
  }
}

const FINGERPRINT = 'fp_baton_demo'

function identity(model: string) {
  return { id: newId('chatcmpl-'), created: secondsNow(), model, service_tier: 'default' as const }
}

function usageOf(plan: Plan): CompletionUsage {
  const { promptTokens, completionTokens } = plan.outcome()
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  }
}
