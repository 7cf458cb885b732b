import type { FastifyReply } from 'fastify'
import { expect, test, vi } from 'vitest'
import type { MessageLists } from '../../src/http/message-lists.ts'
import { Repeats } from '../../src/http/repeats.ts'
import { LARGE_BYTES } from '../../src/network/backlog.ts'

function newRepeats() {
  const read = vi.fn(async (_reply: FastifyReply, read: () => Promise<unknown>) => read())
  const repeats = new Repeats({ read } as unknown as MessageLists)
  const send = (message: number, bytes: number) =>
    repeats.send(
      {} as FastifyReply,
      `${message}`,
      async () => bytes,
      (sent) => sent,
    )
  return { send, read }
}

test('[X6] [M2] who goes round some thousand long answers is given none a second time out of turn', async () => {
  const { send, read } = newRepeats()
  const round = async () => {
    for (let i = 0; i < 5000; i++) await send(i, LARGE_BYTES + 1)
  }
  await round()
  expect(read).not.toHaveBeenCalled()
  await round()
  expect(read).toHaveBeenCalledTimes(5000)
})
