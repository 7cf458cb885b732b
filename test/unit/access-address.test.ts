import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientAddress, clientNetwork } from '../../src/access/address.ts'

let read: (request: IncomingMessage) => string
const server = createServer((request, response) => response.end(read(request)))
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => new Promise((resolve) => server.close(resolve)))

/** The address that a request from loopback with this `X-Forwarded-For` is taken to come from. */
function addressBehind(trusted: string[], forwardedFor?: string | string[], reader = clientAddress): Promise<string> {
  read = reader(trusted)
  const { port } = server.address() as AddressInfo
  const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor }
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, headers, agent: false }, async (response) => {
      resolve((await response.toArray()).join(''))
    })
    sent.on('error', reject).end()
  })
}

test('[R4] without X-Forwarded-For the address is that of the connection', async () => {
  expect(await addressBehind(['loopback'])).toBe('127.0.0.1')
})

test('[R4] the last address that is not trusted is the client, whatever stands before it', async () => {
  expect(await addressBehind(['loopback'], '6.6.6.6, 203.0.113.7')).toBe('203.0.113.7')
  expect(await addressBehind(['loopback'], ['6.6.6.6', '203.0.113.7'])).toBe('203.0.113.7')
  expect(await addressBehind(['loopback', '10.0.0.0/8'], '6.6.6.6, 203.0.113.7, 10.1.2.3')).toBe('203.0.113.7')
  expect(await addressBehind(['loopback'], '203.0.113.7, 10.1.2.3')).toBe('10.1.2.3')
  expect(await addressBehind(['loopback'], '2001:db8::7')).toBe('2001:db8::7')
})

test('[R4] from a peer that is not trusted the header counts for nothing', async () => {
  expect(await addressBehind(['10.0.0.0/8'], '203.0.113.7')).toBe('127.0.0.1')
  expect(await addressBehind([], '203.0.113.7')).toBe('127.0.0.1')
})

test('[X5] what is no address gives nobody an allowance of their own', async () => {
  for (const garbage of ['garbage', 'unknown', '203.0.113:1234', '[203', '<script>', ',,,', 'a'.repeat(4000)]) {
    expect(await addressBehind(['loopback'], garbage), garbage).toBe('127.0.0.1')
  }
})

test('[X5] a port behind an address, as some proxies write it, is no part of it', async () => {
  expect(await addressBehind(['loopback'], '6.6.6.6, 203.0.113.7:40222')).toBe('203.0.113.7')
  expect(await addressBehind(['loopback'], '[2001:db8::7]:40222')).toBe('2001:db8::7')
  expect(await addressBehind(['loopback'], '[2001:db8::7]')).toBe('2001:db8::7')
  expect(await addressBehind(['loopback', '10.0.0.0/8'], '203.0.113.7:40222, 10.1.2.3:80')).toBe('203.0.113.7')
})

test('[X5] an IPv4 address written as IPv6 is the same client', async () => {
  for (const written of ['::ffff:203.0.113.7', '::ffff:cb00:7107', '0:0:0:0:0:FFFF:203.0.113.7']) {
    expect(await addressBehind(['loopback'], written), written).toBe('203.0.113.7')
    expect(await addressBehind(['loopback'], written, clientNetwork), written).toBe('203.0.113.7')
  }
})

test('[X5] all addresses of an IPv6 /64 are one client to the limits, an IPv4 address is one by itself', async () => {
  const network = (address: string) => addressBehind(['loopback'], address, clientNetwork)
  expect(await network('2001:db8:1:2::7')).toBe('2001:db8:1:2::/64')
  expect(await network('2001:0DB8:1:2:ffff:ffff:ffff:ffff')).toBe('2001:db8:1:2::/64')
  expect(await network('2001:db8:1:3::7')).toBe('2001:db8:1:3::/64')
  expect(await network('203.0.113.7')).toBe('203.0.113.7')
})

test('[R4] an entry that is no address cannot be used', () => {
  expect(() => clientAddress(['nginx'])).toThrow()
})
