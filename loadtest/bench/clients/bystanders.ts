import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '../lib/clock.ts'
import { SocketIoWire } from './socketio-wire.ts'

const BYSTANDERS = 4
const PERIOD_MS = 10

/** Some clients that ask for little, whatever others do. */
export const bystanders = {
  /** Each opens its session again and again, at a steady pace; gives how long the acknowledgements took, in milliseconds. */
  async standBy(url: string, ms: number): Promise<number[]> {
    const latencies: number[] = []
    const trouble = Promise.withResolvers<never>()
    trouble.promise.catch(() => {})
    const stand = async () => {
      const broken = (reason: string) => trouble.reject(new Error(`a bystander's connection broke: ${reason}`))
      const wire = new SocketIoWire(url, { delta() {}, message() {}, broken })
      const { session } = await wire.open()
      const asked: Promise<void>[] = []
      for (let at = 0; at < ms; at += PERIOD_MS) {
        const askedAt = now()
        asked.push(wire.open(session.id).then(() => void latencies.push(now() - askedAt)))
        await sleep(PERIOD_MS)
      }
      await Promise.all(asked)
      wire.close()
    }
    await Promise.race([Promise.all(Array.from({ length: BYSTANDERS }, stand)), trouble.promise])
    return latencies
  },
}
