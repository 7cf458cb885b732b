import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CHAT_PARTS } from '../../src/widget/parts.ts'

test('[W1] a site can style through the launcher every part of the chat that docs/widget.md names', () => {
  const docs = readFileSync(join(import.meta.dirname, '../../docs/widget.md'), 'utf8')
  const named = /through the launcher too\. They are `([^`]+)`/.exec(docs)?.[1]?.split(/\s+/) ?? []
  expect(named).not.toEqual([])
  expect([...CHAT_PARTS].sort()).toEqual([...named].sort())
})
