import { expect, test } from 'vitest'
import { complaintIn } from '../../src/model/complaint.ts'
import { judged, Refusal } from '../../src/model/refusal.ts'

const verdict = (status: number | null, body: unknown) =>
  judged(new Refusal(status, complaintIn(typeof body === 'string' ? body : JSON.stringify(body))))
const error = (message: string, more: object = {}) => ({ error: { message, ...more } })

test.each<[string, number | null, unknown]>([
  ['a deadline', 500, error('rpc error: code = DeadlineExceeded desc = context deadline exceeded')],
  [
    'a deadline in the stream',
    null,
    error('context deadline exceeded (Client.Timeout or context cancellation while reading body)'),
  ],
  ['a cancellation', 500, error('the request ran over its time: context canceled')],
  ['an overload', 500, error('Overloaded: the request context was dropped')],
  ['a page with a style', 502, '<html><style>a{overflow:hidden}</style>Bad gateway. Context size exceeded</html>'],
])('[F6] [S7] %s is no conversation that is too long, and may pass', (_, status, body) => {
  expect(verdict(status, body)).toMatchObject({ contextTooLong: false, retryable: true })
})

const BEDROCK =
  'An error occurred (ThrottlingException) when calling the ConverseStream operation (reached max retries: 4): Too many tokens, please wait before trying again.'

test.each<[string, number | null, unknown]>([
  ['Bedrock', 429, { message: 'Too many tokens, please wait before trying again.' }],
  ['Bedrock as 400', 400, { message: 'Too many tokens, please wait before trying again.' }],
  ['Bedrock as 500', 500, { detail: BEDROCK }],
  ['Bedrock as 503', 503, error(BEDROCK)],
  ['Bedrock, in the stream', null, error(BEDROCK, { type: null, code: null })],
  ['Bedrock, in the stream, its status in words', null, error(`429: ${BEDROCK}`)],
  ['Bedrock, in the stream, as a mistake of the request', null, error(BEDROCK, { type: 'invalid_request_error' })],
  ["Bedrock's day, in the stream", null, error('Too many tokens per day, please wait before trying again.')],
  ['Cerebras, in the stream', null, error('Tokens per minute limit exceeded - too many tokens processed.')],
  ['a gateway, as 400', 400, error('Rate limit exceeded: too many tokens', { type: 'rate_limit_error' })],
])(
  '[F6] [S7] throttling that speaks of too many tokens may pass, and is no conversation that is too long: %s',
  (_, status, body) => {
    expect(verdict(status, body)).toMatchObject({ contextTooLong: false, retryable: true })
  },
)

test.each<[string, number, unknown, string]>([
  ['a key', 401, error('Too many requests with a wrong key'), 'does not accept the key'],
  ['a quota', 400, error('Rate limit exceeded', { code: 'insufficient_quota' }), 'quota'],
  ['a page', 400, '<html>Rate limit exceeded</html>', 'refused the request'],
])('[F6] what does not pass stays so, though it speaks of a rate: %s', (_, status, body, said) => {
  expect(verdict(status, body)).toMatchObject({ retryable: false, message: expect.stringContaining(said) })
})

const stringTooLong = (param: string) =>
  error(`Invalid '${param}': string too long. Expected a string with maximum length 64.`, {
    type: 'invalid_request_error',
    param,
    code: 'string_above_max_length',
  })

test.each([
  ['a user', stringTooLong('user')],
  ['a key of the cache', stringTooLong('prompt_cache_key')],
  [
    'a limit of the answer',
    error(
      '`max_tokens` must be less than or equal to `8192`, the maximum value for `max_tokens` is less than the `context_window` for this model',
      { type: 'invalid_request_error', param: 'max_tokens' },
    ),
  ],
])('[F6] [S7] %s that is too long is no conversation that is', (_, body) => {
  expect(verdict(400, body)).toMatchObject({ contextTooLong: false, retryable: false })
})

test.each<[string, number, unknown]>([
  ['one string', 400, stringTooLong('messages[1].content')],
  ['an overflow', 500, error('the prompt overflows the context')],
  ['Z.AI', 400, error('tokens in request more than max tokens allowed', { code: '1261' })],
  [
    'SiliconFlow',
    400,
    { code: 20015, message: 'length of prompt_tokens (57535) must be less than max_seq_len (32768).', data: null },
  ],
])('[S7] %s is one', (_, status, body) => {
  expect(verdict(status, body)).toMatchObject({ contextTooLong: true, retryable: false })
})

test.each<[string, unknown, string]>([
  [
    'moderation',
    error('Your chosen model requires moderation and your input was flagged', { code: 403, metadata: { reasons: [] } }),
    'refused the content',
  ],
  [
    'a country',
    error('Country, region, or territory not supported', {
      code: 'unsupported_country_region_territory',
      type: 'request_forbidden',
    }),
    'does not serve this country',
  ],
  ['a page of a firewall', '<html>Forbidden</html>', 'refused the request'],
  ['a permission', error('no', { status: 'PERMISSION_DENIED' }), 'does not accept the key'],
])('[F6] not every 403 is of the key: %s', (_, body, said) => {
  expect(verdict(403, body)).toMatchObject({ retryable: false, message: expect.stringContaining(said) })
})

const unknownMember = [
  {
    type: 'extra_forbidden',
    loc: ['body', 'stream_options'],
    msg: 'Extra inputs are not permitted',
    input: {},
  },
]
test.each<[string, object]>([
  ['FastAPI', { detail: unknownMember }],
  ['Mistral', { object: 'Error', detail: unknownMember, message: unknownMember, type: 'invalid_request_error' }],
  [
    'Mistral, older',
    { object: 'error', message: { detail: unknownMember }, type: 'invalid_request_error', code: null },
  ],
])('[F6] a member of the request that a provider does not know is no key, and is named: %s', (_, body) => {
  expect(complaintIn(JSON.stringify(body))).toMatchObject({
    param: 'stream_options',
    words: 'Extra inputs are not permitted body.stream_options',
  })
  expect(verdict(422, body)).toMatchObject({
    retryable: false,
    message: expect.stringContaining('refused the request (status 422'),
  })
})

test('[F6] a key that is forbidden is one', () => {
  expect(verdict(403, error('no', { code: 'forbidden' })).message).toContain('does not accept the key')
})

const trialOf = (limit: string) =>
  `You are using a Trial key, which is limited to ${limit}. You can continue to use the Trial key for free or upgrade to a Production key with higher rate limits at 'https://dashboard.cohere.com/api-keys'. Contact us on 'https://discord.gg/XW44jPfYJu' or email us at support@cohere.com with any questions`
const XAI =
  'Your team 1234 has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit.'
const ANTHROPIC = {
  type: 'error',
  error: {
    details: { error_code: 'enforced_spend_limit_reached', error_visibility: 'user_facing' },
    type: 'rate_limit_error',
    message: 'You have reached your API usage limits. You will regain access on 2027-01-01 at 00:00 UTC.',
  },
}
test.each<[string, number | null, object]>([
  ['OpenAI', 429, error('Project spend limit reached.', { code: 'project_spend_limit_exceeded' })],
  ['OpenAI, in the stream', null, error('Organization spend limit', { code: 'organization_spend_limit_exceeded' })],
  ['OpenAI, a usage limit', 429, error('x', { type: 'requests', code: 'organization_usage_limit_exceeded' })],
  ['OpenAI, credits', null, error('No prepaid credits remaining.', { code: 'credit_balance_exhausted' })],
  ['Anthropic', 429, ANTHROPIC],
  ['Anthropic, credits', 400, error('Your credit balance is too low to access the API.')],
  ['xAI', 429, { code: 'Some resource has been exhausted', error: XAI }],
  [
    'xAI, a new team',
    403,
    {
      code: 'The caller does not have permission to execute the specified operation',
      error: "Your newly created teams doesn't have any credits yet. You can purchase credits on https://console.x.ai",
    },
  ],
  ['Zhipu', 429, error('Insufficient balance or no resource package. Please recharge.', { code: '1113' })],
  ['Zhipu, in Chinese', 429, error('余额不足或无可用资源包,请充值。', { code: '1113' })],
  ['Gemini', 429, error('Your prepayment credits are depleted.', { status: 'RESOURCE_EXHAUSTED' })],
  ['Zhipu, in arrears', 429, error('您的账户已欠费，请充值后重试。', { code: '1112' })],
  [
    'Gemini, a cap',
    429,
    error(
      'Your project has exceeded its monthly spending cap. Please go to AI Studio at https://ai.studio/spend to manage your project spend cap.',
      { code: 429, status: 'RESOURCE_EXHAUSTED' },
    ),
  ],
  ['Cohere', 429, { message: trialOf('1000 API calls / month') }],
  ['Cohere, in the stream', null, { message: trialOf('1000 API calls per month') }],
  ['a gateway, in the stream', null, error('You have run out of credits', { type: 'rate_limit_error' })],
])('[F6] a quota that is used up does not pass, whatever it is called: %s', (_, status, body) => {
  expect(verdict(status, body)).toMatchObject({ retryable: false, message: expect.stringContaining('quota') })
})

test.each<[string, number | null, string]>([
  ['a balance of tokens', 429, 'Insufficient token balance in the bucket, it refills every second'],
  ['credits per minute', 429, 'Rate limit reached for credits per minute. Limit 100, used 100.'],
  ['no credits left for a minute', 429, 'You have no credits left this minute'],
  ['credits of an hour', 429, 'All credits are used up: 50 credits per hour'],
  ['a day', 429, 'Your daily credits are exhausted, limited to 100 requests per day'],
  ['a minute of a trial', 429, trialOf('20 API calls / minute')],
  ['a minute of a trial, in the stream', null, trialOf('40 API calls / minute')],
  ['a cap beside a rate', 429, 'Rate limit reached for requests. Raise your spending cap to be asked more often.'],
  ['Zhipu', 429, '您的账户已达到速率限制，请您控制请求频率'],
  ['requests at once', 429, 'Concurrency limit exceeded for account. Please top up to increase it, or retry.'],
  ['requests per minute, for short', 429, 'RPM limit exceeded. Please recharge to raise your tier.'],
  ['a way to more', 429, 'Rate limit reached. Raise your spending limit to be asked more often.'],
  ['in the stream', null, 'Rate limit: out of credits per minute'],
  [
    'a plan',
    429,
    'You exceeded your current quota, please check your plan and billing details. Please retry in 12.5s.',
  ],
  ['trouble', 503, 'insufficient balance of the load'],
])('[F6] a rate limit may pass, though it speaks of what is used up: %s', (_, status, words) => {
  expect(verdict(status, error(words))).toMatchObject({ retryable: true })
})

test.each<[string, number | null, object]>([
  [
    'moderation that is away',
    null,
    error('The moderation service is temporarily unavailable, please retry', { type: 'server_error' }),
  ],
  ['moderation that is away, without a name', null, error('The moderation service is temporarily unavailable')],
  ['moderation that is away, as a name', null, error('x', { code: 'moderation_unavailable' })],
  ['what is flagged as trouble', null, error('The request was flagged for retry', { type: 'internal_error' })],
  ['what is flagged as too often', null, error('Flagged by the rate limit')],
  ['a policy of rates', 429, error('x', { code: 'rate_limit_policy' })],
  ['a policy of rates, in the stream', null, error('x', { code: 'rate_limit_policy' })],
  ['a policy of a rate limit', null, error('x', { type: 'rate_limit_error', code: 'fair_use_policy' })],
  ['a policy of retries', 429, error('x', { type: 'retry_policy' })],
  ['a policy of retries, in the stream', null, error('x', { type: 'retry_policy' })],
])('[F6] %s is no refused content, and may pass', (_, status, body) => {
  expect(verdict(status, body)).toMatchObject({ retryable: true })
})
