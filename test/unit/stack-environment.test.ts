import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { replicaEnvironment } from '../../src/stack/environment.ts'

test.for(['REDIS_TLS_CA', 'OPENAI_API_KEY_FILE', 'NODE_EXTRA_CA_CERTS'])(
  '[R6] %s counts from where the stack was started',
  (name) => {
    expect(replicaEnvironment({ [name]: 'a/file' })[name]).toBe(resolve('a/file'))
  },
)

test.for([
  [{}, '127.0.0.1'],
  [{ NO_PROXY: '.example' }, '.example,127.0.0.1'],
  [{ NO_PROXY: '.example', no_proxy: 'a.example' }, 'a.example,127.0.0.1'],
  [{ NO_PROXY: '*' }, '*'],
] as const)('what replicas ask on this machine goes through no proxy: %j', ([given, hosts]) => {
  expect(replicaEnvironment(given)).toMatchObject({ NO_PROXY: hosts, no_proxy: hosts })
})
