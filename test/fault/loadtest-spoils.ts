import type { Spoil } from '../support/lossy-front.ts'

/** A way to spoil what users get, and the metric of the load tests that finds it. */
export interface Fault {
  readonly name: string
  readonly found: string
  spoil(): Spoil
}

const NEVER = JSON.stringify({ code: 'invalid', message: 'no', retryable: false })

/** Spoils the third delta of a connection: by then an answer streams, and it goes on. */
function third(change: (frame: string) => readonly string[]): () => Spoil {
  return () => {
    let deltas = 0
    return (frame) => (frame.startsWith('42["delta"') && ++deltas === 3 ? change(frame) : [frame])
  }
}

function each(change: (frame: string) => readonly string[]): () => Spoil {
  return () => change
}

export const FAULTS: readonly Fault[] = [
  { name: 'a delta is lost', found: 'baton_lost_characters', spoil: third(() => []) },
  { name: 'a delta comes twice', found: 'baton_doubled_characters', spoil: third((frame) => [frame, frame]) },
  {
    name: 'a delta has another text',
    found: 'baton_wrong_texts',
    spoil: third((frame) => [frame.replace(/"text":"./, '"text":"#')]),
  },
  {
    name: 'the history has another text',
    found: 'baton_wrong_texts',
    spoil: each((frame) => [frame.includes('"hasMore"') ? frame.replace('"content":"C', '"content":"c') : frame]),
  },
  {
    name: 'the history lacks a message',
    found: 'baton_wrong_texts',
    spoil: each((frame) => [
      frame.includes('"hasMore"') ? frame.replace(/"messages":\[\{.*?\}\},?/, '"messages":[') : frame,
    ]),
  },
  {
    name: 'messages are refused',
    found: 'baton_errors',
    spoil: each((frame) => [
      frame.includes('"persisted"') ? frame.replace(/\[.*/, `[{"ok":false,"error":${NEVER}}]`) : frame,
    ]),
  },
  {
    name: 'answers end as errors',
    found: 'baton_errors',
    spoil: each((frame) => [
      frame.startsWith('42["message"') ? frame.replace('"status":"complete"', '"status":"error"') : frame,
    ]),
  },
  {
    name: 'answers never end',
    found: 'baton_errors',
    spoil: each((frame) => [frame.replaceAll('"status":"complete"', '"status":"streaming"')]),
  },
  { name: 'a frame is garbled', found: 'baton_errors', spoil: third((frame) => ['42["delta"', frame]) },
]
