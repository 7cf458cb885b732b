/** Gemini through its OpenAI compatibility. Sources: Google's guide to it; recorded streams in public projects' docs and tests; reports of its errors. */
import { type Dialect, DONE, goJson } from '../dialect.ts'

const COUNTS = '"usage":{"completion_tokens":13,"prompt_tokens":8,"total_tokens":547}'
const chunk = (delta: string, finish: string | null = null) =>
  `data: {"choices":[{"delta":${delta}${finish === null ? '' : `,"finish_reason":${finish}`},"index":0}],"created":1790803221,"id":"FXzcaMjLO5Te4_UPl9jNkQ8","model":"gemini-2.5-flash","object":"chat.completion.chunk",${COUNTS}}\n\n`
const thought = (text: string) =>
  chunk(`{"content":${goJson(text)},"extra_content":{"google":{"thought":true}},"role":"assistant"}`)
const said = (text: string, finish: string | null = null) =>
  chunk(`{"content":${goJson(text)},"role":"assistant"}`, finish)
const error = (code: number, message: string, status: string) =>
  `[{\n  "error": {\n    "code": ${code},\n    "message": ${goJson(message)},\n    "status": "${status}"\n  }\n}\n]`

export const gemini: Dialect = {
  name: 'Gemini (OpenAI compatibility)',
  api: 'chat',
  continues: ['instruct'],
  headers: 'Content-Type: text/event-stream\r\nX-Frame-Options: SAMEORIGIN\r\n',
  thinks: true,
  // With include_thoughts: they come as content, within a tag that the first of them opens and the first text closes.
  speak: (pieces, thoughts) => [
    ...thoughts.map((words, i) => thought(i === 0 ? `<thought>${words}` : words)),
    ...pieces.map((piece, i) =>
      said(i === 0 && thoughts.length > 0 ? `</thought>${piece}` : piece, i === pieces.length - 1 ? '"stop"' : null),
    ),
    ...(pieces.length === 0 ? [chunk('{"role":"assistant"}', '"stop"')] : []),
    DONE,
  ],
  finish: 'stop',
  usage: { prompt_tokens: 8, completion_tokens: 13, total_tokens: 547 },
  ends: [
    { what: 'the length limit', events: [chunk('{"role":"assistant"}', '"length"'), DONE], finish: 'length' },
    {
      what: 'its filter',
      events: [chunk('{"role":"assistant"}', '"content_filter"'), DONE],
      finish: 'content_filter',
    },
    {
      what: 'an overload',
      events: [
        'data: {"error":{"code":503,"message":"The model is overloaded. Please try again later.","status":"UNAVAILABLE"}}\n\n',
      ],
      retryable: true,
    },
  ],
  refusals: [
    {
      what: 'too many requests',
      status: 429,
      body: error(429, 'Resource has been exhausted (e.g. check quota).', 'RESOURCE_EXHAUSTED'),
      retryable: true,
    },
    {
      what: 'a quota of the minute, with the wait in its body',
      status: 429,
      body: `[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.Help","links":[]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.074824224s"}]}}]`,
      retryable: true,
      retryAfterMs: 34_075,
    },
    {
      what: 'a prompt too long',
      status: 400,
      body: error(
        400,
        'The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).',
        'INVALID_ARGUMENT',
      ),
      retryable: false,
      contextTooLong: true,
    },
    {
      what: 'a wrong key',
      status: 400,
      body: error(400, 'API key not valid. Please pass a valid API key.', 'INVALID_ARGUMENT'),
      retryable: false,
    },
    {
      what: 'an overload',
      status: 503,
      body: error(503, 'The model is overloaded. Please try again later.', 'UNAVAILABLE'),
      retryable: true,
    },
  ],
}
