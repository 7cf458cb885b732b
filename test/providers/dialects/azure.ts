/** Azure OpenAI. Sources: Azure OpenAI's REST reference and content filter guide; recorded chunks in public clients' tests; reports of its 429. */
import { type Dialect, DONE, json } from '../dialect.ts'

const SAFE =
  '{"hate":{"filtered":false,"severity":"safe"},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}'
const chunk = (choices: string, more = ',"usage":null') =>
  `data: {"choices":[${choices}],"created":1748977994,"id":"chatcmpl-BeRMQ69P","model":"gpt-4o-2024-05-13","object":"chat.completion.chunk","system_fingerprint":"fp_ee1d74bde0"${more}}\n\n`
const choice = (delta: string, finish = 'null', filter = SAFE) =>
  chunk(`{"content_filter_results":${filter},"delta":${delta},"finish_reason":${finish},"index":0,"logprobs":null}`)
const remarks = `data: {"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":${SAFE}}]}\n\n`
const usage = chunk('', ',"usage":{"completion_tokens":10,"prompt_tokens":8,"total_tokens":18}')

export const azure: Dialect = {
  name: 'Azure OpenAI',
  api: 'chat',
  env: { LLM_HEADERS: '{"api-key":"sk-secret-1234"}' },
  continues: ['instruct'],
  headers: 'Content-Type: text/event-stream; charset=utf-8\r\napim-request-id: 0f\r\n',
  speak: (pieces) => [
    remarks,
    choice('{"content":"","refusal":null,"role":"assistant"}', 'null', '{}'),
    ...pieces.map((piece) => choice(`{"content":${json(piece)}}`)),
    choice('{}', '"stop"', '{}'),
    usage,
    DONE,
  ],
  finish: 'stop',
  usage: { prompt_tokens: 8, completion_tokens: 10, total_tokens: 18 },
  ends: [
    {
      what: 'its filter',
      events: [choice('{}', '"content_filter"', '{"violence":{"filtered":true,"severity":"high"}}'), usage, DONE],
      finish: 'content_filter',
    },
    {
      what: 'its filter that looks later',
      events: [
        choice('{}', '"stop"', '{}'),
        'data: {"id":"","object":"","created":0,"model":"","choices":[{"index":0,"finish_reason":null,"content_filter_results":{},"content_filter_offsets":{"check_offset":44,"start_offset":44,"end_offset":198}}]}\n\n',
        DONE,
      ],
      finish: 'stop',
    },
  ],
  refusals: [
    {
      what: 'too many requests',
      status: 429,
      headers: 'Retry-After: 45\r\nContent-Type: application/json\r\n',
      body: '{"error":{"code":"429","message": "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 45 seconds."}}',
      retryable: true,
      retryAfterMs: 45_000,
    },
    {
      what: 'a day without quota',
      status: 429,
      headers: 'Retry-After: 86400\r\n',
      body: '{"error":{"code":"429","message": "Your requests have exceeded the token rate limit. Please retry after 86400 seconds."}}',
      retryable: true,
      retryAfterMs: 86_400_000,
    },
    {
      what: 'a prompt that its filter refuses',
      status: 400,
      body: `{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":${SAFE}}}}`,
      retryable: false,
    },
    {
      what: 'an unknown deployment',
      status: 404,
      body: '{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}',
      retryable: false,
    },
    {
      what: 'a wrong key',
      status: 401,
      body: '{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint."}}',
      retryable: false,
    },
  ],
}
