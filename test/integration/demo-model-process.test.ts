import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { describe, expect, onTestFinished, test } from 'vitest'
import { demoModelAt, openStream, start, until, user } from './demo-model-fixture.ts'

describe('[R1] as a process', () => {
  const main = join(import.meta.dirname, '../../src/demo-model/main.ts')

  function run(env: Record<string, string>): ChildProcess {
    const child = spawn(process.execPath, [main], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    return child
  }

  async function firstLine(stream: NodeJS.ReadableStream | null): Promise<string> {
    if (stream === null) throw new Error('the stream is not piped')
    const [line] = (await once(createInterface(stream), 'line')) as [string]
    return line
  }

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'prints its address, answers, and stops on %s in the middle of answers',
    async (signal) => {
      const child = run({ PORT: '', HOST: '', DEMO_TOKENS_PER_SECOND: '20' })
      const line = await firstLine(child.stdout)
      expect(line).toMatch(/^demo model on http:\/\/127\.0\.0\.1:\d+\/v1, 20 tokens a second$/)
      const model = demoModelAt(new URL(line.split(/ |,/)[3] ?? '').origin)
      expect((await model.health()).running).toBe(0)
      await model.client.responses.create({ model: 'm', background: true, input: 'Write a story' })
      const stuck = await openStream(model.url, { model: 'm', messages: [user('Write a story')], stream: true })
      await until(async () => (await model.health()).running === 2)

      child.kill(signal)
      expect(await once(child, 'exit')).toEqual([0, null])
      stuck.destroy()
    },
  )

  test('a port that is taken and a wrong setting are said in a sentence', async () => {
    const taken = new URL((await start()).url).port
    for (const [env, sentence] of [
      [{ PORT: taken }, `HOST=127.0.0.1 PORT=${taken}: already in use`],
      [{ PORT: 'http' }, 'PORT="http": must be a port number from 0 to 65535'],
      [{ DEMO_TOKENS_PER_SECOND: '0' }, 'DEMO_TOKENS_PER_SECOND="0": must be a number from 0.1 to 100000'],
    ] as const) {
      const child = run(env)
      const exit = once(child, 'exit')
      expect(await firstLine(child.stderr)).toContain(`demo model: ${sentence}`)
      expect(await exit).toEqual([1, null])
    }
  })
})
