import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { clientAddress } from '../access/address.ts'
import { isSameOrigin } from './origin.ts'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

/**
 * Who may look at the stage and kill what stands on it (W5): somebody on this machine, through this very page. Each of
 * these is there against an attack:
 * - The client, and every proxy that passed the request on, has a loopback address: no remote client, also where a proxy's
 *   word is trusted that it should not be.
 * - `Host` is this machine's loopback: no foreign name that was made to resolve to 127.0.0.1 (DNS rebinding).
 * - `Origin` is that host, and the browser says that the page is of the same origin: no other site in the same browser.
 */
export function demoAccess(trusted: readonly string[]): (request: IncomingMessage) => boolean {
  const addressOf = clientAddress(trusted)
  return (request) =>
    isLoopback(addressOf(request)) &&
    isLoopback(request.socket.remoteAddress ?? '') &&
    forwardedFor(request.headers).every(isLoopback) &&
    isLocalHost(request.headers.host) &&
    isSameOrigin(request.headers)
}

function forwardedFor(headers: IncomingHttpHeaders): string[] {
  const line = [headers['x-forwarded-for'] ?? []].flat().join(',')
  return line === '' ? [] : line.split(',').map((address) => address.trim())
}

function isLoopback(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && loopback.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

function isLocalHost(host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false
  const { hostname } = new URL(`http://${host}`)
  return hostname === 'localhost' || isLoopback(hostname.replace(/^\[(.*)\]$/, '$1'))
}
