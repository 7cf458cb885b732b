import { expect, test } from 'vitest'
import { makePlan, PortUnavailable } from '../../src/stack/plan.ts'
import { readStackSettings } from '../../src/stack/settings.ts'

test('[R4] a HOST that is not of this machine is refused before anything starts, whatever PORT is', async () => {
  for (const PORT of ['0', '8080']) {
    const plan = makePlan(readStackSettings({ PORT, HOST: '203.0.113.1', STORE: 'memory' }))
    await expect(plan).rejects.toBeInstanceOf(PortUnavailable)
    await expect(plan).rejects.toThrow('HOST="203.0.113.1": must be an address of this machine (EADDRNOTAVAIL)')
  }
})
