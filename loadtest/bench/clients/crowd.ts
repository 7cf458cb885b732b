import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '../lib/clock.ts'
import { CrowdMember, type CrowdTally } from './crowd-member.ts'
import { inGroups } from './groups.ts'
import type { Ask } from './streams.ts'
import { noFaults } from './tally.ts'
import { Refused } from './wire.ts'

/** Connections that are opened at a time. */
const GATHERING = 50

let members: CrowdMember[] = []
let tally: CrowdTally = freshTally()
let isConversing = false
let conversations: Promise<unknown> = Promise.resolve()

function freshTally(): CrowdTally {
  return {
    units: 0,
    answers: 0,
    faults: noFaults(),
    returns: [],
    silences: [],
    refused: {},
    outages: 0,
    takenBack: 0,
    losses: [],
  }
}

/** Clients in great number, that mostly are just there. */
export const crowd = {
  /**
   * Connects `count` and opens a session for each; with `hosts` only the first so many have sessions of their own, and the
   * others are their guests. One whose connection breaks goes to the `refuges` in turn.
   */
  async gather(
    urls: readonly string[],
    count: number,
    { hosts = count, refuges = [] }: { hosts?: number; refuges?: readonly string[] } = {},
  ): Promise<void> {
    tally = freshTally()
    members = Array.from({ length: count }, (_, i) => i).map(
      (i) => new CrowdMember(urls[i % urls.length] ?? '', refuges, i, tally),
    )
    await inGroups(hosts, GATHERING, async (i) => members[i]?.open())
    await inGroups(count - hosts, GATHERING, async (i) => members[hosts + i]?.open(members[i % hosts]?.sessionId))
  },

  /** Connects `count` that open nothing; one whose connection breaks goes to `refuge`. */
  async assemble(url: string, count: number, refuge: string): Promise<void> {
    tally = freshTally()
    members = Array.from({ length: count }, (_, i) => new CrowdMember(url, [refuge], i, tally))
    await inGroups(count, GATHERING, async (i) => members[i]?.connect())
  },

  /** Opens each of these sessions on each of these replicas, on a connection of its own, to watch. */
  async attend(urls: readonly string[], sessions: readonly string[]): Promise<void> {
    tally = freshTally()
    const places = urls.flatMap((url) => sessions.map((session) => [url, session] as const))
    members = places.map(([url], i) => new CrowdMember(url, [], i, tally))
    await inGroups(places.length, GATHERING, async (i) => members[i]?.open(places[i]?.[1]))
  },

  /** The first `count` ask; resolves when all are acknowledged. */
  async crowdAsks(ask: Ask, count: number): Promise<void> {
    await inGroups(count, GATHERING, async (i) => members[i]?.ask(ask))
  },

  /** Waits for the ends of the answers that the first `count` asked for; adds what is missing of them to the faults. */
  async crowdEnds(count: number, limitMs: number): Promise<void> {
    const asked = members.slice(0, count)
    const limit = new AbortController()
    const ended = Promise.all(asked.map((member) => member.ended))
    await Promise.race([ended, sleep(limitMs, undefined, { signal: limit.signal }).catch(() => {})])
    limit.abort()
    for (const member of asked) {
      if (member.missing > 0) tally.faults.unfinished++
      tally.faults.lost += Math.max(0, member.missing)
    }
  },

  /** The first `count` ask again as soon as an answer has ended, until `crowdRests`; they begin spread over `rampMs`. */
  crowdConverses(ask: Ask, count: number, rampMs: number): void {
    isConversing = true
    const conversation = async (member: CrowdMember, i: number) => {
      await sleep((rampMs * i) / count)
      await member.converse(ask, () => !isConversing).catch(() => tally.faults.errors++)
    }
    conversations = Promise.all(members.slice(0, count).map(conversation))
  },

  /** No further answers are asked for; resolves when those under way have ended, or with false after `limitMs`. */
  async crowdRests(limitMs: number): Promise<boolean> {
    isConversing = false
    const limit = new AbortController()
    const late = sleep(limitMs, false, { signal: limit.signal }).catch(() => false)
    const isAtRest = await Promise.race([conversations.then(() => true), late])
    limit.abort()
    return isAtRest
  },

  /** How many have lost their connection and are not back. */
  crowdAway: (): number => members.filter(({ isAway }) => isAway).length,

  /** Those that wait for an answer. */
  crowdWaiting: (): string[] => members.filter(({ isWaiting }) => isWaiting).map(String),

  /** All but the first `hosts` read nothing more. */
  stall(hosts: number): void {
    for (const member of members.slice(hosts)) member.pause()
  },

  /** Asks one after another; tells how long the acknowledgements took, in milliseconds, and what was refused, by code. */
  async crowdTries(ask: Ask, count: number): Promise<{ acknowledged: number[]; refused: Record<string, number> }> {
    const acknowledged: number[] = []
    const refused: Record<string, number> = {}
    await inGroups(count, GATHERING, async (i) => {
      const askedAt = now()
      try {
        await members[i]?.ask(ask)
        acknowledged.push(now() - askedAt)
      } catch (error) {
        const code = error instanceof Refused ? error.code : 'broken'
        refused[code] = (refused[code] ?? 0) + 1
      }
    })
    return { acknowledged, refused }
  },

  crowdSessions: (): string[] => members.map(({ sessionId }) => sessionId ?? ''),

  crowdTally: (): CrowdTally => tally,

  disperse(): void {
    for (const member of members) member.leave()
    members = []
  },
}
