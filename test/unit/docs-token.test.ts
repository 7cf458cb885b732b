import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { jwtVerify } from 'jose'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const JWT_SECRET = 'a secret of thirty-two characters'

test('what docs/authentication.md has typed makes a token that the secret is good for', async () => {
  const page = readFileSync(join(root, 'docs/authentication.md'), 'utf8')
  const command = /^export BATON_TOKEN=\$\(.*?\)"\)$/ms.exec(page)?.[0]
  const env = { ...process.env, JWT_SECRET }
  const token = execFileSync('sh', ['-c', `${command}\necho "$BATON_TOKEN"`], { cwd: root, env, encoding: 'utf8' })
  const { payload } = await jwtVerify(token.trim(), new TextEncoder().encode(JWT_SECRET))
  expect(payload).toEqual({ sub: 'ada', exp: expect.any(Number) })
})
