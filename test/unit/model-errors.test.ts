import { describe, expect, it } from 'vitest'
import { connectionFailed } from '../../src/model/errors.ts'
import { retryAfterMs } from '../../src/model/retry-after.ts'

const NOW = Date.parse('2026-11-05T10:00:00Z')
const cases: [Record<string, string | string[]>, number | undefined][] = [
  [{}, undefined],
  [{ 'retry-after': '3' }, 3000],
  [{ 'retry-after': '0.5' }, 500],
  [{ 'retry-after': 'Thu, 05 Nov 2026 10:00:07 GMT' }, 7000],
  [{ 'retry-after': 'Thu, 05 Nov 2026 09:00:00 GMT' }, 0],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '' }, undefined],
  [{ 'retry-after': '600' }, 600_000],
  [{ 'retry-after': '-1' }, undefined],
  [{ 'retry-after-ms': '250', 'retry-after': '3' }, 250],
  [{ 'retry-after-ms': 'x', 'retry-after': '3' }, 3000],
  // Where a proxy adds a header of its own, undici gives both, and another proxy makes one line of them.
  [{ 'retry-after': ['5', '12'] }, 12_000],
  [{ 'retry-after': '5, 12' }, 12_000],
  [{ 'retry-after': ['7', 'Thu, 05 Nov 2026 10:00:07 GMT'] }, 7000],
  [{ 'retry-after-ms': ['250', '500'], 'retry-after': '3' }, 500],
  [{ 'retry-after': '2026-11-05' }, undefined],
]

describe('[F6] Retry-After', () => {
  it.each(cases)('%j asks for %s ms', (headers, expected) => {
    expect(retryAfterMs(headers, NOW)).toBe(expected)
  })
})

describe('[F6] a connection that fails', () => {
  const failed = (code: string) => connectionFailed(Object.assign(new Error('of a request with sk-secret'), { code }))
  it.each([
    ['ECONNRESET', 'the connection to the model broke (ECONNRESET)'],
    ['UND_ERR_SOCKET', 'the connection to the model broke (UND_ERR_SOCKET)'],
    ['CERT_HAS_EXPIRED', 'the certificate of the provider of the model is not accepted (CERT_HAS_EXPIRED)'],
    [
      'ERR_TLS_CERT_ALTNAME_INVALID',
      'the certificate of the provider of the model is not accepted (ERR_TLS_CERT_ALTNAME_INVALID)',
    ],
    [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'the certificate of the provider of the model is not accepted (DEPTH_ZERO_SELF_SIGNED_CERT)',
    ],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'no secure connection to the model could be made (ERR_SSL_WRONG_VERSION_NUMBER)'],
    ['sk-secret', 'the connection to the model broke'],
  ])('with %s', (code, message) => {
    expect(failed(code)).toMatchObject({ name: 'ModelError', retryable: true, message, cause: undefined })
  })

  it('is told from a request that cannot be sent, and from a mistake of our own', () => {
    expect(failed('UND_ERR_INVALID_ARG')).toMatchObject({ retryable: false })
    const mistake = new TypeError('x is not a function')
    expect(connectionFailed(mistake)).toBe(mistake)
  })
})
