import { describe, expect, test, vi } from 'vitest'
import { ClientError } from '../../src/client/errors.ts'
import { when } from '../support/clients.ts'
import { scriptedClients } from '../support/scripted-clients.ts'

const scripted = scriptedClients()
const { clientOf } = scripted

test('[E] a token that is refused once the client is closed changes nothing', async () => {
  const asked = Promise.withResolvers<string>()
  const client = clientOf({ token: () => asked.promise })
  const opening = client.open().catch(() => {})
  await vi.waitFor(() => expect(client.state.connection).toBe('connecting'))
  client.close()
  await opening
  const closed = client.state
  asked.reject(new ClientError('unauthorized', 'signed out'))
  await new Promise((resolve) => setImmediate(resolve))
  expect(client.state).toEqual(closed)
})

describe('[X3] tokens', () => {
  const unauthorized = { code: 'unauthorized', message: 'the token has expired', retryable: false } as const

  test('a fresh one is asked for before every attempt', async () => {
    let asked = 0
    scripted.gateway.admit = (token) => (token === 'token 2' ? null : unauthorized)
    const client = clientOf({ token: async () => `token ${++asked}` })
    await client.open()
    expect(scripted.gateway.tokens).toEqual(['token 1', 'token 2'])
  })

  test('one that is refused and cannot change ends the attempts', async () => {
    scripted.gateway.admit = () => unauthorized
    const client = clientOf({ token: 'old' })
    await expect(client.open()).rejects.toMatchObject({ code: 'unauthorized' })
    expect(client.state).toMatchObject({ connection: 'offline', error: { message: 'the token has expired' } })
    expect(scripted.gateway.tokens).toEqual(['old'])
  })

  test('what fetches none is asked until there is one', async () => {
    scripted.gateway.admit = (token) => (token === 'token' ? null : unauthorized)
    const client = clientOf({ token: () => (scripted.gateway.tokens.length < 7 ? '' : 'token') })
    client.subscribe(() => void client.open().catch(() => {})) // does not wait for the next try
    await client.open()
    expect(scripted.gateway.tokens).toEqual([...Array(7).fill(''), 'token'])
  })

  test('why there is none is told', async () => {
    const client = clientOf({ token: () => Promise.reject(new Error('/token says 502')) })
    client.open().catch(() => {})
    const { error } = await when(client, (state) => state.error !== null)
    expect(error).toMatchObject({ code: 'unauthorized', retryable: true })
    expect(error?.message).toContain('/token says 502')
  })

  test('one that does not come in time is not said of the gateway', async () => {
    const client = clientOf({ token: () => new Promise(() => {}), timings: { connectMs: 20 } })
    client.open().catch(() => {})
    const { error } = await when(client, (state) => state.error !== null)
    expect(error).toMatchObject({ code: 'timeout', retryable: true })
    expect(error?.message).toContain('the token function')
  })
})
