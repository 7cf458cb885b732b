import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import OpenAI from 'openai'
import type { ChatCompletionChunk, ChatCompletionMessageParam } from 'openai/resources/chat/completions'
import type { ResponseStreamEvent } from 'openai/resources/responses/responses'
import { expect, onTestFinished } from 'vitest'
import { createDemoModel, type DemoModelOptions } from '../../src/demo-model/server.ts'

export const ASK = 'What happens when a replica is killed?'
export const user = (content: string): ChatCompletionMessageParam => ({ role: 'user', content })

export interface DemoModel {
  readonly url: string
  readonly client: OpenAI
  health(): Promise<{ running: number; tokens: number }>
}

export const until = (condition: () => Promise<boolean>) => expect.poll(condition, { timeout: 30_000 }).toBe(true)

export async function start(options: Partial<DemoModelOptions> = {}): Promise<DemoModel> {
  const app = createDemoModel({ tokensPerSecond: 20_000, ...options })
  onTestFinished(() => app.close())
  return demoModelAt(await app.listen({ port: 0, host: '127.0.0.1' }))
}

export function demoModelAt(url: string): DemoModel {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'any', maxRetries: 0 })
  return {
    url,
    client,
    health: async () => (await fetch(`${url}/healthz`)).json() as Promise<{ running: number; tokens: number }>,
  }
}

export async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of stream) items.push(item)
  return items
}

export const textOf = (events: readonly ResponseStreamEvent[]) =>
  events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('')
export const contentOf = (chunks: readonly ChatCompletionChunk[]) =>
  chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')

export async function wholeAnswer({ client }: DemoModel, messages: ChatCompletionMessageParam[]): Promise<string> {
  const completion = await client.chat.completions.create({ model: 'm', messages })
  return completion.choices[0]?.message.content ?? ''
}

/** The answer to a POST whose body nobody reads. */
export async function openStream(url: string, body: object): Promise<IncomingMessage> {
  const request = httpRequest(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  })
  request.end(JSON.stringify(body))
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.on('error', () => {}) // destroyed in the middle, on purpose
  return response.pause()
}
