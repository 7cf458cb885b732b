import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import proxyAddr from 'proxy-addr'

/**
 * Reads a request's client address by `TRUST_PROXY` (R4): the last address in `X-Forwarded-For` that is not a trusted
 * proxy's, or the connection's own where that is not trusted. Works for plain requests and WebSocket upgrades.
 */
export function clientAddress(trusted: readonly string[]): (request: IncomingMessage) => string {
  const isTrusted = proxyAddr.compile([...trusted])
  const trust = (address: string, hop: number) => isTrusted(withoutPort(address), hop)
  return (request) => {
    const peer = request.socket.remoteAddress
    if (peer === undefined) return 'unknown' // the client has already left
    // Whatever a trusted proxy passed on that is no address must not become a key of its own in the rate limits.
    const addresses = proxyAddr.all(request, trust).map(withoutPort)
    return plain(addresses.findLast((address) => isIP(address) !== 0) ?? peer)
  }
}

/** Like `clientAddress`, but of an IPv6 address the /64, because who has one has all of it (X5). */
export function clientNetwork(trusted: readonly string[]): (request: IncomingMessage) => string {
  const addressOf = clientAddress(trusted)
  return (request) => networkOf(addressOf(request))
}

/** Some proxies write the client's port behind its address, such as Azure's Application Gateway. */
function withoutPort(address: string): string {
  const [, v6, v4] = /^(?:\[([\da-f:.]+)\]|([\d.]+))(?::\d+)?$/i.exec(address) ?? []
  return v6 ?? v4 ?? address
}

/** An IPv4 address that a dual-stack socket wrote as IPv6 is the same client. */
function plain(address: string): string {
  return isIP(address) !== 4 && ipaddr.isValid(address) ? ipaddr.process(address).toString() : address
}

function networkOf(address: string): string {
  return ipaddr.IPv6.isValid(address) ? `${ipaddr.IPv6.networkAddressFromCIDR(`${address}/64`)}/64` : address
}
