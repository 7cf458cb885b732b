import { expect, onTestFinished, test } from 'vitest'
import { World, type WorldOptions } from './fallback/world.ts'

async function start(options: WorldOptions = {}): Promise<World> {
  const world = await World.start(options)
  onTestFinished(() => world.close())
  return world
}

test('[G1] [G2] an outage in the middle of an answer: it streams on, and all is written once the store is back', async () => {
  const world = await start()
  const replica = world.replica()
  const client = await replica.follow()
  const { sessionId } = client
  const sent = await replica.send(sessionId, 'one')
  expect(sent).toMatchObject({ persisted: true, backend: 'redis' })
  await world.clock.advance(150)
  replica.wire.weather = 'refusing'
  await world.until('backend is told', () => replica.backend === 'memory')
  await world.until('it ends', () => client.messages.at(-1)?.status === 'complete')
  expect(client.messages.at(-1)?.content).toBe(world.model.answerTo('one'))
  const second = await replica.send(sessionId, 'two')
  expect(second).toMatchObject({ persisted: false, backend: 'memory' })
  await world.clock.advance(100)
  replica.wire.weather = 'fair'
  await world.until('backend is told', () => replica.backend === 'redis')
  await world.until('it ends', () => world.stored(sessionId).at(-1)?.status === 'complete')
  await world.clock.advance(100)
  expect(world.stored(sessionId)).toEqual(client.messages)
  expect(client.messages.map(({ content }) => content)).toEqual([
    'one',
    world.model.answerTo('one'),
    'two',
    world.model.answerTo('two'),
  ])
  expect(client.violations).toEqual([])
  expect(client.gaps).toBe(0)
  expect(replica.store.held).toEqual({ sessions: 0, bytes: 0 })
})
