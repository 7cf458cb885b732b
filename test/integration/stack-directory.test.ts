import { mkdirSync, mkdtempSync, rmdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  childrenOf,
  eventually,
  isAlive,
  launchStack,
  pidsOf,
  replica,
  startStack,
  temporaryDirectory,
} from './stack-fixture.ts'

/** As where the disk is full: stack.json is written beside itself first. */
const inTheWay = (dataDir: string) => join(dataDir, 'stack.json.new')

test('[R2] where stack.json cannot be written, the stack goes on, says so once, and writes it as soon as it can', async () => {
  const stack = await startStack()
  const { pid } = replica(stack, 'r1')
  mkdirSync(inTheWay(stack.dataDir))
  process.kill(pid, 'SIGKILL')
  await eventually(() => stack.output().includes('stack.json could not be written (EISDIR'), 'it is said')
  process.kill(replica(stack, 'r2').pid, 'SIGKILL')
  await eventually(() => stack.output().match(/started again on port/g)?.length === 2, 'both are started again')
  rmdirSync(inTheWay(stack.dataDir))
  await eventually(() => pidsOf(stack.record()).every(isAlive), 'stack.json tells what runs')
  expect(replica(stack, 'r1').pid).not.toBe(pid)
  expect(stack.output().match(/could not be written/g)).toHaveLength(1)
})

test.for(['stack.json.new', 'nginx/nginx.conf'])(
  'a file that cannot be written ends the start with a sentence: %s',
  async (file) => {
    const dataDir = temporaryDirectory()
    mkdirSync(join(dataDir, file), { recursive: true })
    const stack = launchStack({ DATA_DIR: dataDir, STORE: 'memory' })
    expect(await stack.ended).toBe(1)
    expect(stack.output()).toMatch(/could not be (written|made ready) \(EISDIR: .*\)\n$/)
    expect(stack.output()).not.toMatch(/^\s+at /m)
  },
)

test('[R2] a stack.json that nobody can read is gone while the next stack starts', async () => {
  const dataDir = temporaryDirectory()
  writeFileSync(join(dataDir, 'stack.json'), '{"url":')
  const stack = launchStack({ DATA_DIR: dataDir, STORE: 'memory' })
  await eventually(() => !stack.hasRecord(), 'it is gone')
  await eventually(() => stack.hasRecord() && stack.record().url, 'the new one is there')
})

test('[R2] what was left is found where a symbolic link leads to the data directory', async () => {
  const real = temporaryDirectory()
  const link = join(temporaryDirectory(), 'link')
  symlinkSync(real, link)
  const dataDir = mkdtempSync(join(link, 'stack-'))
  const stack = await startStack({ REPLICAS: '1', DATA_DIR: dataDir })
  const left = pidsOf(stack.record())
  for (const pid of childrenOf(stack.supervisor.pid ?? 0, 'baton-guard')) process.kill(pid, 'SIGKILL')
  stack.supervisor.kill('SIGKILL')
  await stack.ended

  await startStack({ REPLICAS: '1', DATA_DIR: dataDir })
  expect(left.filter(isAlive)).toEqual([])
})
