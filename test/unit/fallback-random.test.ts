/** Random messages, answers and outages over the production code of one to three replicas; a failure names its seed. */
import { expect, test } from 'vitest'
import { Chance } from './fallback/chance.ts'
import { Story } from './fallback/story.ts'

/** RUNS=10000 SEED=1 looks further. */
const RUNS = Number(process.env.RUNS ?? 150)
const FIRST = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9))

interface StoryOptions {
  readonly rollsBack?: boolean
}

async function play(seed: number, replicas: number, options: StoryOptions = {}): Promise<void> {
  const story = new Story(new Chance(seed), replicas, options)
  const problems = await story.problems()
  expect(
    problems,
    `SEED=${seed} RUNS=1 ${JSON.stringify(options)}\n${story.log.join('\n')}\n${problems.join('\n')}`,
  ).toEqual([])
}

test('[G4] a question that Redis had, lost, and that was acknowledged again while it was away is brought back', () =>
  play(187871244, 2))

test('[G6] an earlier answer that a replica brought back in another attempt reaches the followers elsewhere', () =>
  play(316974551, 2))

test('[G6] what Redis had dropped as too old, and a replica brought back as the newest, reaches the followers elsewhere', () =>
  play(190129932, 2))

test('[G1] a stop whose answer cannot be stored, because memory lacks its session, is refused in time', () =>
  play(619352954, 1))

test('[G4] [G6] an early answer stays as it stands where Redis has lost all and gives the version anew that a replica knew', () =>
  play(300001781, 2))

test('[G6] [X6] followers that come while the session is read do not have it read for ever', () => play(400002260, 1))

test('[G4] [M5] another attempt is not asked for with messages of a session that was lost and has its version again', () =>
  play(1200000502, 2))

test.each([
  [100017351, 2, 'an early answer that ended anew while its follower was away is told'],
  [100023729, 2, 'a copy with what was only heard of is not taken for what is stored'],
  [100024560, 2, 'an early answer that a follower heard the end of, and that ends anew, is told'],
  [200004217, 2, 'what was said before data was lost, and heard after it, does not stay'],
  [200007855, 3, 'followers who were given what Redis had left are given what their replica goes on with'],
  [300003300, 3, 'text of one answer does not get into another that has its epoch'],
  [600019326, 2, 'who takes an answer over has what was brought back between its reading and its claim'],
  [600043104, 3, 'and asks with that for the next attempt'],
  [920008448, 3, 'a copy has no hole where a message is heard under another number'],
  [921006639, 4, 'what memory goes on by, and the store has lost since, is set right for those who were given it'],
  [1000011048, 2, 'an early answer that runs while ten exchanges are brought back behind it is told to its end'],
  [1520006809, 2, 'who is given an answer without the end that the others were told is told it'],
  [1520043048, 2, 'what is still told of an answer that was lost does not have the session read each time'],
  [600050985, 2, 'messages that had been dropped as too old, and are back, are told'],
])('[G6] a Redis that goes back (seed %i, %i replicas): %s', (seed, replicas) =>
  play(seed, replicas, { rollsBack: true }),
)

for (const replicas of [1, 2, 3]) {
  test(`[G6] whatever fails when, and Redis goes back at times: ${replicas} replicas and their followers agree`, async () => {
    for (let seed = FIRST; seed < FIRST + RUNS; seed++) await play(seed, replicas, { rollsBack: true })
  })
}

for (const replicas of [1, 2]) {
  test(`[G2] [G4] whatever fails when: with ${replicas} replicas all that was acknowledged is stored once, in order, and shown so`, async () => {
    for (let seed = FIRST; seed < FIRST + RUNS; seed++) await play(seed, replicas)
  })
}
