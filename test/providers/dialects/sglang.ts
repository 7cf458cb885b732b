/** SGLang. Sources: SGLang's OpenAI-compatible server docs; streams and errors recorded in public clients' tests and bug reports. */
import { type Dialect, DONE, json } from '../dialect.ts'

const chunk = (choices: string, usage = 'null') =>
  `data: {"id":"8fe1630f301c48a3bf7c4600cd5b17bc","object":"chat.completion.chunk","created":1779609667,"model":"Kimi-K2.6","choices":[${choices}],"usage":${usage}}\n\n`
const choice = (role: string, content: string, reasoning = 'null', finish = 'null', matched = 'null') =>
  chunk(
    `{"index":0,"delta":{"role":${role},"content":${content},"reasoning_content":${reasoning},"tool_calls":null},"logprobs":null,"finish_reason":${finish},"matched_stop":${matched}}`,
  )
const end = (finish: string) => choice('null', 'null', 'null', finish, '151645')
const usage = chunk(
  '',
  '{"prompt_tokens":83,"total_tokens":107,"completion_tokens":24,"prompt_tokens_details":null,"reasoning_tokens":21}',
)
const TOO_LONG = "The input (8391 tokens) is longer than the model's context length (8192 tokens)."

export const sglang: Dialect = {
  name: 'SGLang',
  api: 'chat',
  continues: ['instruct', 'vllm'],
  headers: 'content-type: text/event-stream; charset=utf-8\r\nserver: uvicorn\r\n',
  thinks: true,
  speak: (pieces, thoughts) => [
    choice('"assistant"', '""'),
    ...thoughts.map((thought) => choice('null', 'null', json(thought))),
    ...pieces.map((piece) => choice('null', json(piece))),
    end('"stop"'),
    usage,
    DONE,
  ],
  finish: 'stop',
  usage: { prompt_tokens: 83, completion_tokens: 24, total_tokens: 107 },
  ends: [
    { what: 'the length limit', events: [end('"length"'), usage, DONE], finish: 'length' },
    { what: 'an abort', events: [end('"abort"'), usage, DONE], retryable: true },
    {
      what: 'a prompt too long',
      events: [
        `data: {"error": {"object": "error", "message": ${json(TOO_LONG)}, "type": "BadRequestError", "param": null, "code": 400}}\n\n`,
        DONE,
      ],
      retryable: false,
      contextTooLong: true,
    },
  ],
  refusals: [
    {
      what: 'a prompt too long',
      status: 400,
      body: `{"object":"error","message":${json(TOO_LONG)},"type":"BadRequestError","param":null,"code":400}`,
      retryable: false,
      contextTooLong: true,
    },
    {
      what: 'a prompt and an answer too long together',
      status: 400,
      body: '{"object":"error","message":"Requested token count exceeds the model\'s maximum context length of 8192 tokens. You requested a total of 9192 tokens: 8192 tokens from the input messages and 1000 tokens for the completion. Please reduce the number of tokens in the input messages or the completion to fit within the limit.","type":"BadRequestError","param":null,"code":400}',
      retryable: false,
      contextTooLong: true,
    },
    {
      what: 'a full queue',
      status: 503,
      body: '{"object":"error","message":"The request queue is full.","type":"SERVICE_UNAVAILABLE","param":null,"code":503}',
      retryable: true,
    },
  ],
}
