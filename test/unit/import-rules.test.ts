import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { wrongImports } from '../../deploy/check-imports.ts'

const root = join(import.meta.dirname, '../..')

test.for([
  ['a room that it stands below', 'session/merge.ts', "import { Gateway } from '../gateway/server.ts'"],
  ['only a type of such a room', 'ports/clock.ts', "import type { Feed } from '../conversation/feed.ts'"],
  ['a deeper file of such a room', 'store/memory/memory-store.ts', "export * from '../redis/keys.ts'"],
  ['such a room, while it runs', 'protocol/limits.ts', "await import('../client/index.ts')"],
  ['a file that composes the rooms', 'http/page.ts', "import { startApp } from '../app.ts'"],
  ['a package that has its home elsewhere', 'conversation/feed.ts', "import { Redis } from 'ioredis'"],
  ['a part of such a package', 'gateway/frame.ts', "import { Buffer } from 'undici/buffer'"],
  ['a package that has no home', 'http/page.ts', "import express from 'express'"],
] as const)('a file may not import %s', ([, path, code]) => {
  expect(wrongImports(path, code)).toEqual([expect.stringMatching(`^src/${path}: must not import `)])
})

test.for([
  ['its own room', 'store/redis/keys.ts', "import './bus.ts'"],
  ['a room below it', 'store/redis/keys.ts', "import { at } from '../../ports/clock.ts'"],
  ['a package at home in it', 'store/redis/keys.ts', "import type { Redis } from 'ioredis'"],
  ['what Node.js brings', 'model/http.ts', "import { join } from 'node:path'"],
] as const)('a file may import %s', ([, path, code]) => {
  expect(wrongImports(path, code)).toEqual([])
})

test('a folder that no rule names is refused', () => {
  expect(wrongImports('attic/box.ts', '')).toEqual(['src/attic/box.ts: is in no room of deploy/import-rules.ts'])
})

test.for([
  ['files that import each other are refused', "import { a } from './a.ts'\n\nexport const b = () => a()\n", 1],
  ['one that imports the other is not', 'export const b = () => 1\n', 0],
] as const)('%s', ([, code, status]) => {
  const folder = mkdtempSync(join(tmpdir(), 'baton-cycle-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  cpSync(join(root, 'biome.json'), join(folder, 'biome.json'))
  writeFileSync(join(folder, 'a.ts'), "import { b } from './b.ts'\n\nexport const a = () => b()\n")
  writeFileSync(join(folder, 'b.ts'), code)
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome')
  const { stdout, stderr, ...linted } = spawnSync(process.execPath, [biome, 'check', '--vcs-enabled=false', '.'], {
    cwd: folder,
    encoding: 'utf8',
  })
  expect(linted.status, stdout + stderr).toBe(status)
  if (status !== 0) expect(stdout + stderr).toContain('noImportCycles')
})
