import { expect, test } from 'vitest'
import { AddressAskers, type Asker, ClientAsker, LargeReplies } from '../../src/network/large-replies.ts'
import { HandClock } from '../support/hand-clock.ts'

const MIB = 1024 * 1024

/** Makes replies that end when they are told to. */
function scene() {
  const clock = new HandClock()
  let swept = 0
  const replies = new LargeReplies(clock, {
    collectYoung: () => void swept++,
    setThrifty() {},
  })
  const underWay: ((bytes: number) => void)[] = []
  const settled = () => clock.advance(0)
  return {
    clock,
    underWay,
    swept: () => swept,
    settled,
    ask: (asker: Asker = new ClientAsker('somewhere'), hasGone = () => false) =>
      replies.run(
        asker,
        () => new Promise<number>((resolve) => void underWay.push(resolve)),
        (bytes) => bytes,
        hasGone,
      ),
    /** Ends the first, of so many bytes. */
    async end(bytes: number) {
      await settled()
      underWay.shift()?.(bytes)
      await settled()
    },
  }
}

test('[X6] of large replies one is made at a time, and one more for each that was small, up to eight', async () => {
  const { underWay, ask, end, settled } = scene()
  const all = Promise.all(Array.from({ length: 40 }, () => ask()))
  await settled()
  expect(underWay.length).toBe(1)
  for (const now of [1, 1]) {
    await end(MIB)
    expect(underWay.length).toBe(now)
  }
  for (const now of [2, 3, 4, 5, 6, 7, 8, 8]) {
    await end(1000)
    expect(underWay.length).toBe(now)
  }
  await end(MIB / 2)
  for (const now of [6, 5, 4, 3, 2, 2]) {
    await end(MIB / 2)
    expect(underWay.length).toBe(now)
  }
  while (underWay.length > 0) await end(1000)
  await all
})

test('[X6] who has gone while it waited keeps nobody waiting, and counts for nothing', async () => {
  const { underWay, ask, end, settled } = scene()
  const askers = Array.from({ length: 3 }, () => new ClientAsker('somewhere'))
  const first = ask()
  const gone = askers.map((asker) => ask(asker, () => true))
  const last = ask()
  await end(MIB)
  await Promise.all([first, ...gone])
  await settled()
  expect(underWay.length).toBe(1)
  await end(MIB)
  await last
  expect(askers.map(({ gotLarge }) => gotLarge)).toEqual([false, false, false])
})

test('[X6] who was given a large reply waits with its like, and nobody else waits for them', async () => {
  const { clock, underWay, ask, end, settled } = scene()
  const greedy = new ClientAsker('somewhere')
  const first = ask(greedy)
  await end(MIB)
  await first
  expect(greedy.gotLarge).toBe(true)

  const another = new ClientAsker('somewhere')
  another.given(MIB, 0)
  const second = ask(greedy)
  const third = ask(another)
  await settled()
  expect(underWay.length).toBe(1)
  const other = ask()
  await settled()
  expect(underWay.length).toBe(2)
  await end(MIB)
  await second
  await end(100)
  await other
  expect(underWay.length, 'the next rests').toBe(0)
  await clock.advance(MIB / (8 * 1024))
  expect(underWay.length).toBe(1)
  await end(MIB)
  await third

  const more = [ask(), ask()]
  await settled()
  expect(underWay.length, 'large replies of others let no fewer small ones be made').toBe(2)
  await end(100)
  await end(100)
  await Promise.all(more)
})

test('[X6] one client is given a quarter of a megabyte of large replies a second after the first two, and nobody else waits for it', async () => {
  const { clock, underWay, ask, end, settled } = scene()
  const greedy = new ClientAsker('somewhere')
  for (let i = 0; i < 2; i++) {
    const reply = ask(greedy)
    await end(MIB)
    await reply
    await clock.advance(MIB / (8 * 1024)) // those who had a large one share a pace of their own
  }
  const next = ask(greedy)
  await clock.advance(3700)
  expect(underWay.length).toBe(0)
  const other = ask()
  await end(1000)
  await other
  await clock.advance(200)
  expect(underWay.length).toBe(1)
  await end(MIB)
  await next
  await settled()
})

test('[X6] addresses take turns: many of one keep another from no more than one', async () => {
  const { underWay, ask, end, settled } = scene()
  const made: string[] = []
  const askers = new AddressAskers()
  const from = (address: string) => void ask(askers.of(address)).then(() => made.push(address))
  for (let i = 0; i < 4; i++) from('crowd')
  from('second')
  from('third')
  from('second')
  while (made.length < 7) await end(MIB / 2 + 1)
  expect(made).toEqual(['crowd', 'crowd', 'second', 'third', 'crowd', 'second', 'crowd'])
  await settled()
  expect(underWay.length).toBe(0)
})

test('[X6] garbage of large replies is collected before the next is made', async () => {
  const { swept, ask, end } = scene()
  const all = Promise.all(Array.from({ length: 12 }, () => ask()))
  await end(MIB)
  expect(swept()).toBe(1)
  await end(MIB)
  expect(swept()).toBe(2)
  for (let i = 0; i < 10; i++) await end(10_000)
  expect(swept()).toBe(2)
  await all
})

test('[X6] a reply that waits for Redis keeps no other from being made', async () => {
  const { clock, underWay, ask, end, settled } = scene()
  const all = Promise.all([ask(), ask()])
  await settled()
  expect(underWay.length).toBe(1)
  await clock.advance(250)
  expect(underWay.length).toBe(2)
  await end(1000)
  await end(1000)
  await all
})

test('[X6] replies that hang keep nobody waiting who comes later, though others end meanwhile', async () => {
  const { clock, underWay, ask, end, settled } = scene()
  for (let i = 0; i < 8; i++) {
    const small = ask()
    await end(1000)
    await small
  }
  const all = [...Array.from({ length: 7 }, () => ask()), ask()]
  await settled()
  expect(underWay.length).toBe(8)
  for (let i = 0; i < 3; i++) {
    await clock.advance(100)
    underWay.pop()?.(1000)
    all.push(ask())
    await settled()
  }
  const hanging = 7
  all.push(...Array.from({ length: 7 }, () => ask()))
  await settled()
  expect(underWay.length, 'eight more, at once').toBe(hanging + 8)
  while (underWay.length > 0) await end(1000)
  await Promise.all(all)
})

test('a reply that could not be made gives its place on', async () => {
  const replies = new LargeReplies(new HandClock())
  const failing = () =>
    replies.run(
      new ClientAsker('somewhere'),
      () => Promise.reject(new Error('no')),
      () => 0,
    )
  expect((await Promise.allSettled([failing(), failing(), failing()])).map(({ status }) => status)).toEqual(
    Array(3).fill('rejected'),
  )
  let made = ''
  await replies.run(
    new ClientAsker('somewhere'),
    async () => 'made',
    (what) => {
      made = what
      return what.length
    },
  )
  expect(made).toBe('made')
})

test('[X6] replies that are slow one after the other keep their number from growing', async () => {
  const { clock, underWay, ask, end, settled } = scene()
  const all = Promise.all(Array.from({ length: 4 }, () => ask()))
  await settled()
  await clock.advance(200)
  await end(MIB)
  await clock.advance(200)
  expect(underWay.length, 'the second has begun 200 ms ago').toBe(1)
  await clock.advance(50)
  expect(underWay.length).toBe(2)
  await end(MIB)
  await settled()
  expect(underWay.length, 'the second is not counted any more, nor is its end').toBe(1)
  for (let i = 0; i < 2; i++) {
    await clock.advance(250)
    await end(MIB)
  }
  await all
})

test('of addresses that were given large replies the latest thousand are known', () => {
  const askers = new AddressAskers()
  for (let i = 0; i <= 1000; i++) askers.of(`address ${i}`).given(MIB, 0)
  expect([0, 1, 1000].map((i) => askers.of(`address ${i}`).gotLarge)).toEqual([false, true, true])
  askers.of('address 1').given(1, 0)
  expect(askers.of('address 1').gotLarge).toBe(false)
})
