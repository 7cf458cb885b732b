/** vLLM. Sources: vLLM's OpenAI-compatible server docs and its serving code; bug reports that quote its streams and context errors. */
import { type Dialect, DONE, json } from '../dialect.ts'

const chunk = (choices: string, more = '') =>
  `data: {"id":"chatcmpl-8a1f","object":"chat.completion.chunk","created":1764000000,"model":"Qwen/Qwen3-8B","choices":[${choices}]${more}}\n\n`
const choice = (delta: string, finish = 'null', more = '') =>
  chunk(
    `{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}${finish === 'null' ? '' : ',"stop_reason":null'},"token_ids":null}`,
    more,
  )
const usage = chunk('', ',"usage":{"prompt_tokens":9,"total_tokens":51,"completion_tokens":42}')
const error = (message: string, type: string, code: number) =>
  `{"error":{"message":${json(message)},"type":"${type}","param":null,"code":${code}}}`
const flat = (message: string, type: string, code: number) =>
  `{"object":"error","message":${json(message)},"type":"${type}","param":null,"code":${code}}`
const TOO_LONG =
  "This model's maximum context length is 32768 tokens. However, you requested 32818 tokens (31818 in the messages, 1000 in the completion). Please reduce the length of the messages or completion."

export const vllm: Dialect = {
  name: 'vLLM',
  api: 'chat',
  continues: ['instruct', 'vllm'],
  headers: 'content-type: text/event-stream; charset=utf-8\r\nserver: uvicorn\r\n',
  thinks: true,
  speak: (pieces, thoughts) => [
    choice('{"role":"assistant","content":""}', 'null', ',"prompt_token_ids":null'),
    ...thoughts.map((thought) => choice(`{"reasoning":${json(thought)},"reasoning_content":${json(thought)}}`)),
    ...pieces.map((piece) => choice(`{"content":${json(piece)}}`)),
    choice('{"content":""}', '"stop"'),
    usage,
    DONE,
  ],
  finish: 'stop',
  usage: { prompt_tokens: 9, completion_tokens: 42, total_tokens: 51 },
  ends: [
    { what: 'the length limit', events: [choice('{"content":""}', '"length"'), usage, DONE], finish: 'length' },
    { what: 'an abort', events: [choice('{"content":""}', '"abort"'), usage, DONE], retryable: true },
    {
      what: 'an error of its engine',
      events: [`data: ${error('EngineCore encountered an issue.', 'InternalServerError', 500)}\n\n`, DONE],
      retryable: true,
    },
    {
      what: 'a prompt too long',
      events: [`data: ${error(TOO_LONG, 'BadRequestError', 400)}\n\n`, DONE],
      retryable: false,
      contextTooLong: true,
    },
  ],
  refusals: [
    {
      what: 'a prompt too long',
      status: 400,
      body: error(TOO_LONG, 'BadRequestError', 400),
      retryable: false,
      contextTooLong: true,
    },
    {
      what: 'a prompt too long, as older ones say it',
      status: 400,
      body: flat(TOO_LONG, 'BadRequestError', 400),
      retryable: false,
      contextTooLong: true,
    },
    {
      what: 'a prompt too long, as its engine says it',
      status: 400,
      body: error(
        'The decoder prompt (length 100001) is longer than the maximum model length of 32768. Make sure that `max_model_len` is no smaller than the number of text tokens.',
        'BadRequestError',
        400,
      ),
      retryable: false,
      contextTooLong: true,
    },
    {
      what: 'a strict template',
      status: 400,
      body: error('Conversation roles must alternate user/assistant/user/assistant/...', 'BadRequestError', 400),
      retryable: false,
    },
    {
      what: 'an unknown model',
      status: 404,
      body: error('The model `m` does not exist.', 'NotFoundError', 404),
      retryable: false,
    },
  ],
}
