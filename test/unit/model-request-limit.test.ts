import { expect, test } from 'vitest'
import { readSettings } from '../../src/config/settings.ts'
import { RequestBuilder } from '../../src/model/request-builder.ts'

test.each([
  ['https://api.openai.com', 'max_completion_tokens'],
  ['https://eu.api.openai.com', 'max_completion_tokens'],
  ['https://me.openai.azure.com', 'max_completion_tokens'],
  ['https://me.openai.azure.us', 'max_completion_tokens'],
  ['https://me.openai.azure.cn', 'max_completion_tokens'],
  ['https://me.services.ai.azure.com/openai/v1', 'max_completion_tokens'],
  ['https://me.services.ai.azure.com/api/projects/mine/openai/v1', 'max_completion_tokens'],
  ['https://me.services.ai.azure.com/models', 'max_tokens'],
  ['https://me.cognitiveservices.azure.com', 'max_completion_tokens'],
  ['https://notopenai.com', 'max_tokens'],
  ['https://openai.azure.com.example.org', 'max_tokens'],
  ['https://api.example.org', 'max_tokens'],
])('[R6] LLM_MAX_TOKENS has the name that %s knows', (origin, name) => {
  const builder = new RequestBuilder(readSettings({ OPENAI_BASE_URL: `${origin}/openai/v1`, LLM_MAX_TOKENS: '100' }))
  const request = { turns: [], sessionId: 's', messageId: 'm', userId: null }
  expect(Object.keys(builder.body(request, {})).filter((field) => field.startsWith('max_'))).toEqual([name])
})
