/** The codec of the wire, against what SPEC.md says and against frames that are none. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decode, eventFrame, socketUrl, UnknownFrame } from '../../src/protocol/frames.ts'

test('frames of the gateway are read as SPEC.md writes them', () => {
  const handshake = '0{"sid":"x","upgrades":[],"pingInterval":10000,"pingTimeout":5000,"maxPayload":131072}'
  expect(decode(handshake)).toEqual({ kind: 'handshake', pingInterval: 10_000, pingTimeout: 5000 })
  expect(decode('2')).toEqual({ kind: 'ping' })
  expect(decode('40{"sid":"x"}')).toEqual({ kind: 'connected' })
  expect(decode('41')).toEqual({ kind: 'disconnected' })
  expect(decode('44{"message":"no","data":{"code":"unauthorized"}}')).toEqual({
    kind: 'refused',
    message: 'no',
    data: { code: 'unauthorized' },
  })
  expect(decode('42["delta",{"text":"a,\\"[1]"}]')).toEqual({
    kind: 'event',
    name: 'delta',
    payload: { text: 'a,"[1]' },
  })
  expect(decode('4312[{"ok":true}]')).toEqual({ kind: 'acknowledgement', id: 12, payload: { ok: true } })
})

const NO_FRAMES = [
  ...['', ' ', 'hello', '1', '5', '6', '22', '2probe', '7', 'null', '[]', '{}'], // no packet of Engine.IO's
  ...['0', '0{', '0{}', '0[]', '0null', '0{"pingInterval":"1","pingTimeout":1}'], // no handshake
  ...['4', '4x', '40', '40{', '40x', '40{}', '41x', '411', '46', '49[]'], // no packet of Socket.IO's
  ...['42', '42{}', '42[', '42[]', '42[1]', '42[{}]', '42["a"', '421["a"]', '42/other,["a"]'], // no event
  ...['43', '43[1]', '43x[]', '431', '431[]', '431{}', '431[', '43-1[]', '431.5[]', '43/other,1[]'], // no acknowledgement
  ...['44', '44x', '44"no"', '44null', '44{', '44{}'], // no refusal
  ...['45-x', '451-["a",{"_placeholder":true,"num":0}]', '461-1[]'], // binary: the gateway sends none
]

test.each(NO_FRAMES)('%j is no frame of the gateway’s', (frame) => {
  expect(() => decode(frame)).toThrow(UnknownFrame)
})

test('whatever comes is read or refused with a message of bounded length', () => {
  const frame = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.tuple(fc.constantFrom(...NO_FRAMES), fc.json()).map((parts) => parts.join('')),
  )
  fc.assert(
    fc.property(frame, (text) => {
      try {
        expect(decode(text).kind).toBeTypeOf('string')
      } catch (error) {
        expect(error).toBeInstanceOf(UnknownFrame)
        expect(String(error).length).toBeLessThan(200)
      }
    }),
    { numRuns: 300 },
  )
})

test('what a frame carries is read as it was written, whatever it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), fc.nat(), (name, payload, id) => {
      const written = JSON.parse(JSON.stringify(payload))
      expect(decode(`42${JSON.stringify([name, payload])}`)).toEqual({ kind: 'event', name, payload: written })
      expect(decode(`43${id}${JSON.stringify([payload])}`)).toEqual({ kind: 'acknowledgement', id, payload: written })
    }),
  )
})

test('an event is written with the number that its acknowledgement carries', () => {
  expect(eventFrame(7, 'message:send', { content: 'hi' })).toBe('427["message:send",{"content":"hi"}]')
})

test('the address of the WebSocket follows from that of the gateway', () => {
  expect(socketUrl('http://127.0.0.1:8080')).toBe('ws://127.0.0.1:8080/socket.io/?EIO=4&transport=websocket')
  expect(socketUrl('https://example.com/')).toBe('wss://example.com/socket.io/?EIO=4&transport=websocket')
})
