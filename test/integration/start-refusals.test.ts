import { expect, test } from 'vitest'
import { Replica } from '../support/replica.ts'

test.for([{}, { OPS_PORT: '0' }])(
  '[R4] a HOST that has no address stops the start with its name: %j',
  async (ports) => {
    const env = { STORE: 'memory', OPENAI_BASE_URL: 'http://127.0.0.1:9/v1', HOST: 'nosuchhost.invalid', ...ports }
    const said = await new Replica('r1', env).start().then(
      () => 'it listens',
      (error: Error) => error.message,
    )
    expect(said).toContain('baton: HOST=\\"nosuchhost.invalid\\": must be an address of this machine (')
    expect(said).not.toMatch(/"\s+at /)
  },
)
