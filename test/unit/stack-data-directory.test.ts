import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openDataDirectory } from '../../src/stack/data-directory.ts'

test.for(['', 'below'])('[R4] a DATA_DIR that is a link to nothing, or below one, is told as such', (below) => {
  const directory = mkdtempSync(join(tmpdir(), 'baton-data-'))
  const mask = process.umask()
  onTestFinished(() => {
    process.umask(mask)
    rmSync(directory, { recursive: true })
  })
  const link = join(directory, 'link')
  symlinkSync(join(directory, 'nothing'), link)
  expect(() => openDataDirectory(join(link, below))).toThrow(
    `must be a directory that can be written (${JSON.stringify(link)} is a link to nothing)`,
  )
})
