import { describe, expect, it, test } from 'vitest'
import { complaintIn } from '../../src/model/complaint.ts'
import { judged, Refusal } from '../../src/model/refusal.ts'
import { retryAfterMs } from '../../src/model/retry-after.ts'

const verdict = (status: number | null, body: unknown) =>
  judged(new Refusal(status, complaintIn(typeof body === 'string' ? body : JSON.stringify(body))))

/** How providers say that the conversation is too long. */
const TOO_LONG: [string, number | null, unknown][] = [
  [
    'OpenAI',
    400,
    {
      error: {
        message: "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
        type: 'invalid_request_error',
        param: 'messages',
        code: 'context_length_exceeded',
      },
    },
  ],
  [
    'OpenAI responses',
    null,
    {
      error: {
        type: 'invalid_request_error',
        code: 'context_length_exceeded',
        message: 'Your input exceeds the context window of this model. Please adjust your input and try again.',
      },
    },
  ],
  [
    'vLLM',
    400,
    {
      object: 'error',
      message:
        "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4900 in the messages, 100 in the completion).",
      type: 'BadRequestError',
      code: 400,
    },
  ],
  [
    'vLLM, newer',
    400,
    {
      error: {
        message:
          "You passed 4097 input tokens and requested 1 output tokens. However, the model's context length is only 4096 tokens, resulting in a maximum input length of 4095 tokens.",
        type: 'BadRequestError',
        code: 400,
      },
    },
  ],
  [
    'vLLM, the prompt',
    400,
    {
      error: {
        message: 'The decoder prompt (length 5000) is longer than the maximum model length of 4096.',
        code: 400,
      },
    },
  ],
  [
    'SGLang',
    400,
    {
      object: 'error',
      message: "The input (5000 tokens) is longer than the model's context length (4096 tokens).",
      type: 'BadRequestError',
    },
  ],
  [
    'SGLang, requested',
    400,
    { message: "Requested token count exceeds the model's maximum context length of 4096 tokens." },
  ],
  [
    'TGI',
    422,
    {
      error:
        'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4090 `inputs` tokens and 20 `max_new_tokens`',
      error_type: 'validation',
    },
  ],
  ['TGI, inputs', 422, { error: 'Input validation error: `inputs` must have less than 4095 tokens. Given: 5000' }],
  [
    'llama.cpp',
    400,
    {
      error: {
        code: 400,
        message: 'request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it',
        type: 'exceed_context_size_error',
        n_prompt_tokens: 5000,
        n_ctx: 4096,
      },
    },
  ],
  [
    'llama.cpp, older',
    500,
    {
      error: {
        code: 500,
        message:
          'the request exceeds the available context size. try increasing the context size or enable context shift',
        type: 'server_error',
      },
    },
  ],
  ['Ollama', 400, { error: 'the input length exceeds the context length' }],
  [
    'LM Studio',
    400,
    {
      error:
        'Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens.',
    },
  ],
  ['LM Studio, in the stream', null, { error: { message: 'Reached context length of 4096 tokens with this model.' } }],
  [
    'Anthropic',
    400,
    {
      type: 'error',
      error: { type: 'invalid_request_error', message: 'prompt is too long: 250000 tokens > 200000 maximum' },
    },
  ],
  [
    'Anthropic, with the output',
    400,
    {
      error: {
        type: 'invalid_request_error',
        message: 'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000',
      },
    },
  ],
  ['Anthropic, bytes', 413, { error: { type: 'request_too_large', message: 'Request exceeds the maximum size' } }],
  [
    'Gemini',
    400,
    [
      {
        error: {
          code: 400,
          message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
          status: 'INVALID_ARGUMENT',
        },
      },
    ],
  ],
  [
    'Mistral',
    400,
    {
      object: 'error',
      message: 'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
      type: 'invalid_request_prompt',
      code: '3051',
    },
  ],
  [
    'Groq',
    400,
    {
      error: {
        message: 'Please reduce the length of the messages or completion.',
        type: 'invalid_request_error',
        code: 'context_length_exceeded',
      },
    },
  ],
  [
    'Groq, per minute',
    413,
    {
      error: {
        message: 'Request too large for model `x` on tokens per minute (TPM): Limit 6000, Requested 7000',
        type: 'tokens',
        code: 'rate_limit_exceeded',
      },
    },
  ],
  [
    'OpenAI, per minute',
    429,
    {
      error: {
        message:
          'Request too large for gpt-4o in organization org on tokens per min (TPM): Limit 30000, Requested 40000.',
        type: 'tokens',
        code: 'rate_limit_exceeded',
      },
    },
  ],
  [
    'xAI',
    400,
    {
      code: 'Client specified an invalid argument',
      error: "This model's maximum prompt length is 131072 but the request contains 200000 tokens.",
    },
  ],
  ['Bedrock', 400, { message: 'Input is too long for requested model.' }],
  [
    'GitHub',
    413,
    {
      error: {
        code: 'tokens_limit_reached',
        message: 'Request body too large for gpt-4o model. Max size: 8000 tokens.',
      },
    },
  ],
  [
    'Moonshot',
    400,
    {
      error: {
        message: 'Invalid request: Your request exceeded model token limit: 8192',
        type: 'invalid_request_error',
      },
    },
  ],
  [
    'DashScope',
    400,
    {
      error: {
        code: 'invalid_parameter_error',
        message: '<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 30720]',
      },
    },
  ],
  [
    'Cloudflare',
    400,
    {
      errors: [],
      error: {
        message:
          'The estimated number of input and maximum output tokens (5000) exceeded this model context window limit (4096).',
      },
    },
  ],
  [
    'Fireworks',
    400,
    {
      error: {
        object: 'error',
        type: 'invalid_request_error',
        message: 'The prompt is too long: 9000, model maximum context length: 8191',
      },
    },
  ],
  [
    'LiteLLM',
    400,
    {
      error: {
        message: 'litellm.ContextWindowExceededError: litellm.BadRequestError',
        type: null,
        param: null,
        code: '400',
      },
    },
  ],
  [
    'OpenRouter',
    400,
    {
      error: {
        message: 'Provider returned error',
        code: 400,
        metadata: {
          raw: '{"error":{"message":"This model\'s maximum context length is 32768 tokens."}}',
          provider_name: 'x',
        },
      },
    },
  ],
  ['Cohere', 400, { message: 'too many tokens: total number of tokens in the prompt cannot exceed 4081' }],
]
test.each(TOO_LONG)('[S7] %s says that the context is too long', (_, status, body) => {
  const { contextTooLong, retryable, message } = verdict(status, body)
  expect([contextTooLong, retryable]).toEqual([true, false])
  expect(message).toContain('longer than the model can take')
})

const PASSING: [string, number | null, unknown][] = [
  [
    'a rate limit',
    429,
    {
      error: {
        message:
          'Rate limit reached for gpt-4 on tokens per min (TPM): Limit 10000, Used 9000, Requested 2000. Please try again in 6s.',
        type: 'tokens',
        code: 'rate_limit_exceeded',
      },
    },
  ],
  [
    'a rate limit of tokens',
    429,
    {
      message: 'Tokens per minute limit exceeded - too many tokens processed.',
      type: 'too_many_tokens_error',
      code: 'token_quota_exceeded',
    },
  ],
  [
    'a rate limit of Gemini',
    429,
    [
      {
        error: {
          code: 429,
          message: 'You exceeded your current quota, please check your plan and billing details.',
          status: 'RESOURCE_EXHAUSTED',
        },
      },
    ],
  ],
  ['overload', 529, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }],
  ['a page of a proxy', 502, '<html><h1>502 Bad Gateway</h1>'],
  ['nothing', 503, ''],
  ['a conflict', 409, { error: { message: 'try again' } }],
  ['a timeout', 408, {}],
  ['a failing server in the stream', null, { error: { code: 'server_error', message: 'x' } }],
  ['a failing server by number', null, { error: { code: 502, message: 'Provider disconnected' } }],
  ['overload in the stream', null, { type: 'error', error: { type: 'overloaded_error' } }],
  ['a rate limit in the stream', null, { error: { code: 429, type: 'invalid_request_error' } }],
  ['no name in the stream', null, { error: 'something went wrong' }],
]
test.each(PASSING)('[F6] %s may pass', (_, status, body) => {
  expect(verdict(status, body)).toMatchObject({ retryable: true, contextTooLong: false })
})

const PERMANENT: [string, number | null, unknown, string][] = [
  ['a quota', 429, { error: { type: 'insufficient_quota', code: 'insufficient_quota' } }, 'quota'],
  ['a balance', 402, { error: { message: 'Insufficient Balance' } }, 'quota'],
  ['an account', 429, { error: { type: 'exceeded_current_quota_error' } }, 'quota'],
  ['a key', 401, { error: { code: 'invalid_api_key' } }, 'key'],
  [
    'a key, by 400',
    400,
    [{ error: { code: 400, status: 'INVALID_ARGUMENT', message: 'API key not valid.' } }],
    'refused the request',
  ],
  ['a key in the stream', null, { error: { code: 'invalid_api_key' } }, 'key'],
  ['a key in the stream, by number', null, { error: { code: '401', message: 'litellm.AuthenticationError' } }, 'key'],
  ['a permission', 403, { error: { status: 'PERMISSION_DENIED' } }, 'key'],
  [
    'a filter',
    400,
    { error: { code: 'content_filter', innererror: { code: 'ResponsibleAIPolicyViolation' } } },
    'content',
  ],
  ['a policy in the stream', null, { error: { code: 'content_policy_violation' } }, 'content'],
  ['a policy of a subject', null, { error: { code: 'bio_policy', message: 'x' } }, 'content'],
  ['what is flagged in the stream', null, { error: { message: 'This request has been flagged.' } }, 'content'],
  ['a model', 404, { error: { code: 'model_not_found' } }, 'no such model'],
  ['a deployment', 404, { error: { code: 'DeploymentNotFound' } }, 'no such model'],
  ['a parameter', 422, { detail: [{ loc: ['body'], msg: 'extra fields not permitted' }] }, 'refused the request'],
  ['a request in the stream', null, { error: { type: 'invalid_request_error', code: null } }, 'reported an error'],
  [
    'a request in the stream, by number',
    null,
    { object: 'error', code: 400, type: 'BadRequestError' },
    'reported an error',
  ],
  ['a redirect', 302, '', 'refused the request'],
]
test.each(PERMANENT)('[F6] %s does not pass', (_, status, body, said) => {
  expect(verdict(status, body)).toMatchObject({
    retryable: false,
    contextTooLong: false,
    message: expect.stringContaining(said),
  })
})

describe('[X1] the sentence', () => {
  it('names status and code, and quotes nothing', () => {
    expect(
      verdict(400, {
        error: { message: 'sk-secret said a prompt', code: 'sk-secret', type: 'a sentence', param: 'top_p' },
      }).message,
    ).toBe('the provider of the model refused the request (status 400, top_p)')
    expect(verdict(503, 'sk-secret').message).toBe('the provider of the model is in trouble (status 503)')
    expect(verdict(null, 'sk-secret').message).toBe('the model reported an error')
  })
})

it.each([
  ['44 digits', { 'retry-after': '9'.repeat(44) }, {}],
  ['400 digits', { 'retry-after': '9'.repeat(400) }, {}],
  ['milliseconds', { 'retry-after-ms': '1e30' }, {}],
  ['a date', { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }, {}],
  ['Google in its body', {}, { error: { details: [{ retryDelay: `${'9'.repeat(400)}s` }] } }],
])('[F6] [X6] a wait of more than a day is told as a day: %s', (_, headers, body) => {
  const asked = retryAfterMs(headers, Date.UTC(2026, 10, 5))
  expect(judged(new Refusal(429, complaintIn(JSON.stringify(body)), asked)).retryAfterMs).toBe(24 * 60 * 60_000)
})

it.each([
  ['Infinity', { 'retry-after': 'Infinity' }],
  ['a power beyond all numbers', { 'retry-after': '1e400' }],
  ['that in milliseconds', { 'retry-after-ms': '1e400' }],
  ['that behind a comma', { 'retry-after': '5, Infinity' }],
])('[F6] [X6] a wait without end asks for nothing: %s', (_, headers) => {
  expect(retryAfterMs(headers, Date.UTC(2026, 10, 5))).toBeUndefined()
})

it('[X6] reads complaints of any shape', () => {
  const odd = [
    null,
    7,
    [],
    [[]],
    {},
    { error: null },
    { error: [] },
    { error: { error: { error: { error: {} } } } },
    { message: {} },
    { code: {} },
    'x'.repeat(100_000),
  ]
  for (const body of odd) expect(verdict(400, body)).toMatchObject({ retryable: false })
})
