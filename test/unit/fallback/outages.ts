import { expect, onTestFinished } from 'vitest'
import type { Message } from '../../../src/protocol/message.ts'
import { type Follower, type TestReplica, World, type WorldOptions } from './world.ts'

export async function start(options: WorldOptions = {}): Promise<World> {
  const world = await World.start(options)
  onTestFinished(() => world.close())
  return world
}

export const contents = (messages: readonly Message[]) => messages.map(({ content }) => content)
export const isWhole = (messages: readonly Message[]) => messages.every(({ status }) => status !== 'streaming')

/** Sends and waits for the end of the answer. */
export async function talk(world: World, { replica, sessionId }: Follower, content: string): Promise<void> {
  const { answer } = await replica.send(sessionId, content)
  const follower = replica.followers.find((one) => one.sessionId === sessionId)
  await world.until(
    'the answer ends',
    () => isWhole(follower?.messages.filter(({ id }) => id === answer.id) ?? []) === (follower !== undefined),
  )
}

export async function loseRedis(world: World, ...replicas: TestReplica[]): Promise<void> {
  for (const { wire } of replicas) wire.weather = 'refusing'
  await world.until('it is told', () => replicas.every(({ backend }) => backend === 'memory'))
}

/** Resolves once everything that was held is written. */
export async function regain(world: World, ...replicas: TestReplica[]): Promise<void> {
  for (const { wire } of replicas) wire.weather = 'fair'
  await world.until('it is told', () => replicas.every(({ backend }) => backend === 'redis'), 60_000)
  for (const { store } of replicas) expect(store.held).toEqual({ sessions: 0, bytes: 0 })
}

/** Fails where a follower does not hold exactly what is stored. */
export async function expectConverged(world: World, ...followers: Follower[]): Promise<readonly Message[]> {
  const [first] = followers
  const stored = () => world.stored(first?.sessionId ?? '')
  await world.until('all answers end', () => isWhole(stored()), 30_000)
  await world.clock.advance(2500)
  for (const follower of followers) {
    expect(follower.messages).toEqual(stored())
    expect(follower.violations).toEqual([])
  }
  expect(stored().map(({ seq }) => seq)).toEqual(stored().map((_, i) => i + 1))
  return stored()
}
