/**
 * Whether a round of chaos was borne as the contract says: nothing acknowledged is lost, seq has no gap, no character is
 * lost, doubled or changed at any client, every answer ends, once. Pure: a history in, what is wrong with it out.
 */
import { checkPerson, checkSocket } from './check-shown.ts'
import { checkAcknowledgements, checkStored } from './check-stored.ts'
import { exposedSessions } from './exposed.ts'
import type { Apart, Entry, History } from './history.ts'
import { excerptOf, sessionOf, type Violation, violation } from './violation.ts'

export function check(history: History): Violation[] {
  const exposed = exposedSessions(history.entries)
  const safe = (entries: readonly Entry[]) => !entries.some((entry) => exposed.has(sessionOf(entry) ?? ''))
  return [
    ...socketsOf(history.entries).flatMap((entries) => checkSocket(entries, history)),
    ...peopleOf(history.entries)
      .filter(safe)
      .flatMap((entries) => checkPerson(entries, history)),
    ...checkAcknowledgements(history, exposed),
    ...[...history.stored.keys()].flatMap((sessionId) => checkStored(sessionId, history, exposed.has(sessionId))),
    ...history.waiting.map((person) => waitedInVain(person, history.entries)),
    ...history.apart.map((apart) => isApart(apart, history.entries)),
    ...history.immortal.map((key) => violation('[S3] a key without a time to live', key, [])),
  ]
}

function waitedInVain(person: string, entries: readonly Entry[]): Violation {
  const own = (entry: Entry) => 'person' in entry && entry.person === person
  return violation('[F4] somebody waits for ever', person, excerptOf(entries, entries.at(-1), own))
}

function isApart({ person, when, what }: Apart, entries: readonly Entry[]): Violation {
  const own = (entry: Entry) => 'person' in entry && entry.person === person
  const excerpt = excerptOf(entries, entries.at(-1), own)
  return violation('[G6] a client holds something else than Redis', `${person}, ${when}: ${what}`, excerpt)
}

function socketsOf(entries: readonly Entry[]): Entry[][] {
  return [
    ...Map.groupBy(
      entries.filter((entry) => 'socket' in entry),
      (entry) => ('socket' in entry ? entry.socket : 0),
    ).values(),
  ]
}

function peopleOf(entries: readonly Entry[]): Entry[][] {
  return [
    ...Map.groupBy(
      entries.filter((entry) => 'person' in entry),
      (entry) => ('person' in entry ? entry.person : ''),
    ).values(),
  ]
}
