import { describe, expect, it } from 'vitest'
import { retryAfterMs } from '../../src/model/refusal.ts'

const NOW = Date.parse('2026-11-05T10:00:00Z')
const cases: [Record<string, string>, number | undefined][] = [
  [{}, undefined],
  [{ 'retry-after': '3' }, 3000],
  [{ 'retry-after': '0.5' }, 500],
  [{ 'retry-after': 'Thu, 05 Nov 2026 10:00:07 GMT' }, 7000],
  [{ 'retry-after': 'Thu, 05 Nov 2026 09:00:00 GMT' }, 0],
  [{ 'retry-after': 'soon' }, undefined],
  [{ 'retry-after': '' }, undefined],
  [{ 'retry-after': '600' }, 600_000],
  [{ 'retry-after': '-1' }, 0],
  [{ 'retry-after-ms': '250', 'retry-after': '3' }, 250],
  [{ 'retry-after-ms': 'x', 'retry-after': '3' }, 3000],
]

describe('[F6] Retry-After', () => {
  it.each(cases)('%j asks for %s ms', (headers, expected) => {
    expect(retryAfterMs(headers, NOW)).toBe(expected)
  })
})
