import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { replicaEnvironment } from '../../src/stack/environment.ts'

test.for(['REDIS_TLS_CA', 'OPENAI_API_KEY_FILE', 'NODE_EXTRA_CA_CERTS'])(
  '[R6] %s counts from where the stack was started',
  (name) => {
    expect(replicaEnvironment({ [name]: 'a/file' })[name]).toBe(resolve('a/file'))
  },
)

test('[R1] replicas keep one arena of malloc, as in the image, unless the user says otherwise', async () => {
  expect(replicaEnvironment({})).toMatchObject({ MALLOC_ARENA_MAX: '1' })
  expect(replicaEnvironment({ MALLOC_ARENA_MAX: '4' })).toMatchObject({ MALLOC_ARENA_MAX: '4' })
  const image = await readFile(join(import.meta.dirname, '../../deploy/Dockerfile'), 'utf8')
  expect(image).toMatch(/^ENV .*\bMALLOC_ARENA_MAX=1$/m)
})

test.for([
  [{}, '127.0.0.1'],
  [{ NO_PROXY: '.example' }, '.example,127.0.0.1'],
  [{ NO_PROXY: '.example', no_proxy: 'a.example' }, 'a.example,127.0.0.1'],
  [{ NO_PROXY: '*' }, '*'],
] as const)('what replicas ask on this machine goes through no proxy: %j', ([given, hosts]) => {
  expect(replicaEnvironment(given)).toMatchObject({ NO_PROXY: hosts, no_proxy: hosts })
})
