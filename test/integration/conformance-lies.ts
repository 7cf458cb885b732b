import type { Spoil } from '../support/lossy-front.ts'

/** A way in which a gateway breaks a rule, and the rule whose check has to find it. */
export interface Lie {
  readonly rule: string
  readonly name: string
  /** What becomes of a connection's frames. */
  readonly frames?: () => Spoil
  /** What becomes of a piece of an HTTP body. */
  readonly body?: (text: string) => string
  /** What becomes of the status and the headers of an HTTP reply. */
  readonly head?: (head: Head) => Head
}

export interface Head {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

const isDelta = (frame: string) => frame.startsWith('42["delta"')
const isMessage = (frame: string) => frame.startsWith('42["message"')
const isFinal = (frame: string) =>
  isMessage(frame) && /"status":"(complete|stopped)","attempt"/.test(frame) && frame.includes('"assistant"')

/** Changes every frame by itself. */
const each = (change: (frame: string) => string | readonly string[]) => () => (frame: string) => [change(frame)].flat()

/** Changes the second delta of each connection. */
function second(change: (frame: string) => readonly string[]): () => Spoil {
  return () => {
    let deltas = 0
    return (frame) => (isDelta(frame) && ++deltas === 2 ? change(frame) : [frame])
  }
}

/** Says the first delta of a connection once more after the final message. */
function late(): Spoil {
  let first: string | null = null
  return (frame) => {
    if (isDelta(frame)) first ??= frame
    return isFinal(frame) && first !== null ? [frame, first] : [frame]
  }
}

/** Changes the text of the running answer in the snapshots of a session that is there. */
function snapshot(change: (text: string) => string): () => Spoil {
  return each((frame) =>
    frame.includes('"resumed":true')
      ? frame.replace(
          /"content":"([^"]*)","status":"streaming"/,
          (_, text) => `"content":"${change(text)}","status":"streaming"`,
        )
      : frame,
  )
}

export const LIES: readonly Lie[] = [
  {
    rule: 'S1',
    name: 'a new session is said to be resumed',
    frames: each((frame) => frame.replace('"resumed":false', '"resumed":true')),
  },
  {
    rule: 'S3',
    name: 'an extension is shorter than it is said to be',
    frames: each((frame) => frame.replace('"ok":true,"ttlSeconds":3600', '"ok":true,"ttlSeconds":7200')),
  },
  {
    rule: 'E',
    name: 'an acknowledgement lacks a field',
    frames: each((frame) => frame.replace(/"replica":"[^"]*",/, '')),
  },
  { rule: 'E', name: 'a message is told twice', frames: each((frame) => (isFinal(frame) ? [frame, frame] : frame)) },
  {
    rule: 'E',
    name: 'a new answer is told when it ends, not before',
    frames: each((frame) => (isMessage(frame) && frame.includes('"status":"streaming"') ? [] : frame)),
  },
  {
    rule: 'S1',
    name: 'a session has one message more than it has',
    frames: each((frame) => frame.replace(/"messageCount":(\d+)/, (_, count) => `"messageCount":${Number(count) + 1}`)),
  },
  {
    rule: 'H',
    name: "a session is said to be somebody else's",
    frames: each((frame) => frame.replace(/"userId":(null|"[^"]*")/, '"userId":"somebody"')),
  },
  {
    rule: 'M',
    name: 'a message has another time in each event',
    frames: () => {
      let hour = 0
      return (frame) => [
        isMessage(frame)
          ? frame.replace(
              /"createdAt":"[^"]*"/,
              () => `"createdAt":"2026-01-01T${String(hour++ % 24).padStart(2, '0')}:00:00.000Z"`,
            )
          : frame,
      ]
    },
  },
  {
    rule: 'M',
    name: 'a seq is another in events',
    frames: each((frame) => (isMessage(frame) ? frame.replace(/"seq":\d+/, '"seq":9') : frame)),
  },
  {
    rule: 'M1',
    name: 'what was acknowledged is not there',
    frames: each((frame) => {
      const [, head = '', json = ''] = /^(43\d+)(.*"resumed":true.*)$/s.exec(frame) ?? []
      if (json === '') return frame
      return head + JSON.stringify(JSON.parse(json).map((reply: object) => ({ ...reply, messages: [] })))
    }),
  },
  {
    rule: 'M3',
    name: 'a second answer is refused for ever',
    frames: each((frame) => frame.replace(/("answer_in_progress".*?"retryable":)true/, '$1false')),
  },
  {
    rule: 'M4',
    name: 'an answer does not say who wrote it',
    frames: each((frame) => frame.replace('"replicas":', '"writers":')),
  },
  {
    rule: 'M5',
    name: 'a blank message has another error',
    frames: each((frame) =>
      frame.replace(/"code":"invalid","message":"content/, '"code":"too_large","message":"content'),
    ),
  },
  { rule: 'D2', name: 'a delta is lost', frames: second(() => []) },
  { rule: 'D2', name: 'a delta comes twice', frames: second((frame) => [frame, frame]) },
  { rule: 'D1', name: 'text is shown before it is stored', frames: snapshot(() => '') },
  { rule: 'D3', name: 'a snapshot lacks the end of its text', frames: snapshot((text) => text.slice(0, -3)) },
  {
    rule: 'D4',
    name: 'the final message has less text',
    frames: each((frame) => (isFinal(frame) ? frame.replace(/"content":"./, '"content":"') : frame)),
  },
  {
    rule: 'D7',
    name: 'the final message of a stopped answer is complete',
    frames: each((frame) => (isMessage(frame) ? frame.replace('"status":"stopped"', '"status":"complete"') : frame)),
  },
  { rule: 'D7', name: 'a delta follows the stopped message', frames: late },
  {
    rule: 'X1',
    name: 'an unknown event is a fault of the gateway',
    frames: each((frame) => frame.replace('"code":"invalid","message":"event', '"code":"internal","message":"event')),
  },
  {
    rule: 'X5',
    name: 'too much content is told as invalid',
    frames: each((frame) => frame.replace('"too_large"', '"invalid"')),
  },
  {
    rule: 'X7',
    name: 'an id of another role is no error of its own',
    frames: each((frame) => frame.replace(/"code":"invalid","message":"id/, '"code":"internal","message":"id')),
  },
  {
    rule: 'X1',
    name: 'HTTP says 500 for an unknown session',
    head: (head) => ({ ...head, status: head.status === 404 ? 500 : head.status }),
  },
  {
    rule: 'H',
    name: '405 does not say what is allowed',
    head: ({ status, headers: { allow: _, ...headers } }) => ({ status, headers }),
  },
  {
    rule: 'H',
    name: 'an event of SSE has another id',
    body: (text) => text.replace(/^id: (\S+):(\d+)$/gm, 'id: $1:1$2'),
  },
  {
    rule: 'H',
    name: 'an event of SSE is lost',
    body: (text) => text.replace(/^id: \S+\nevent: delta\ndata: \{.*?"offset":(?!0,).*\n\n/m, ''),
  },
  {
    rule: 'H',
    name: 'HTTP says that nothing is persisted, and that Redis has it',
    body: (text) => text.replace('"session_persisted":true', '"session_persisted":false'),
  },
  {
    rule: 'M2',
    name: 'HTTP counts a repeated message twice',
    body: (text) => text.replace('"total_messages":2', '"total_messages":3'),
  },
]
