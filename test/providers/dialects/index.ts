import type { Dialect } from '../dialect.ts'
import { anthropic } from './anthropic.ts'
import { azure } from './azure.ts'
import { cloudflare } from './cloudflare.ts'
import { deepseek } from './deepseek.ts'
import { gemini } from './gemini.ts'
import { groq } from './groq.ts'
import { litellm } from './litellm.ts'
import { llamaCpp } from './llama-cpp.ts'
import { lmStudio } from './lm-studio.ts'
import { mistral } from './mistral.ts'
import { ollama } from './ollama.ts'
import { openaiChat } from './openai-chat.ts'
import { openaiResponses } from './openai-responses.ts'
import { openrouter } from './openrouter.ts'
import { sglang } from './sglang.ts'
import { tgi } from './tgi.ts'
import { vertex } from './vertex.ts'
import { vllm } from './vllm.ts'

export const DIALECTS: readonly Dialect[] = [
  openaiChat,
  openaiResponses,
  azure,
  openrouter,
  groq,
  mistral,
  deepseek,
  anthropic,
  gemini,
  vertex,
  vllm,
  sglang,
  tgi,
  llamaCpp,
  ollama,
  lmStudio,
  litellm,
  cloudflare,
]
