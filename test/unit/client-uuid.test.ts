import { afterEach, expect, test, vi } from 'vitest'
import { uuid } from '../../src/client/uuid.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

test('[W1] an id is one on a page over plain http, also beside Prototype.js, whose Array.from takes no function', () => {
  vi.stubGlobal('crypto', { getRandomValues: (bytes: Uint8Array) => bytes.fill(200) })
  vi.spyOn(Array, 'from').mockImplementation((items: unknown) => [...(items as Iterable<unknown>)])
  const id = uuid()
  vi.restoreAllMocks()
  expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
})
