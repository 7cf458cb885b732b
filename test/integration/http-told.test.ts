/** What HTTP tells, and reads for it. */
import { randomUUID } from 'node:crypto'
import { expect, test, vi } from 'vitest'
import { ModelError } from '../../src/ports/model.ts'
import { startHttp } from './http-fixture.ts'

test('[F6] [X1] the wait that a provider asks for reaches who asked over HTTP, in the body and as Retry-After', async () => {
  const { call, newSession, model } = await startHttp()
  const id = await newSession()
  const asked = model.next()
  const answer = call('POST', `/api/chat/sessions/${id}/messages`, { message: 'Hello' })
  ;(await asked).fail(new ModelError('the model is busy', { retryable: true, retryAfterMs: 60_000 } as never))
  const { status, headers, body } = await answer
  const { body: history } = await call('GET', `/api/chat/sessions/${id}/history`)
  expect(history.messages[1].metadata.error).toMatchObject({ code: 'llm_failed', retryAfterMs: 60_000 })
  expect({ status, body }).toMatchObject({ status: 502, body: { error: { code: 'llm_failed', retryAfterMs: 60_000 } } })
  expect(headers.get('retry-after')).toBe('60')
})

test('[X6] a session is not read as a whole for a stream that nothing is to come on', async () => {
  const { call, newSession, store } = await startHttp()
  const id = await newSession()
  const question = { message: 'x'.repeat(30_000), id: randomUUID() }
  await call('POST', `/api/chat/sessions/${id}/messages`, question)
  const open = vi.spyOn(store, 'open')
  expect((await call('GET', `/api/chat/sessions/${id}/stream`)).status).toBe(204)
  expect(open).not.toHaveBeenCalled()
  const again = await call('POST', `/api/chat/sessions/${id}/messages`, question, { accept: 'text/event-stream' })
  expect(again.status).toBe(200)
  expect(open).not.toHaveBeenCalled()
})
