import { createElement, StrictMode } from 'react'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BatonClient, useBaton } from '../../src/react/index.ts'
import { ScriptedGateway } from '../support/scripted-gateway.ts'

function View({ of }: { of: string | BatonClient }) {
  const { connection, messages, hasEarlier } = useBaton(typeof of === 'string' ? { url: of } : of)
  return createElement('p', null, `${connection}, ${messages.length}, ${hasEarlier}`)
}

let gateway: ScriptedGateway

beforeEach(async () => {
  gateway = await ScriptedGateway.start()
})
afterEach(() => gateway.close())

// In a browser it is tested by test/package: StrictMode, reload, the death of a replica.
describe('useBaton on a server', () => {
  test('renders the state before everything, and connects nobody', () => {
    const html = renderToString(createElement(StrictMode, null, createElement(View, { of: gateway.url })))
    expect(html).toBe('<p>idle, 0, false</p>')
    expect(gateway.connections).toBe(0)
  })

  test('also of a client that has a conversation: the browser that hydrates it has none yet', async () => {
    gateway.messages = [gateway.message({ content: 'of another visitor' })]
    const client = new BatonClient({ url: gateway.url })
    await client.open()
    expect(renderToString(createElement(View, { of: client }))).toBe('<p>idle, 0, false</p>')
    client.close()
  })
})
