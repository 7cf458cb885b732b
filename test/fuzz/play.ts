/** Does what an attack says, on a stage, and gives what its attacker must not have seen. */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Attack, BusAttack, FramesAttack, HttpAttack, ProviderAttack, RedisAttack, Write } from './attack.ts'
import { SECRET } from './model.ts'
import type { Peer } from './peer.ts'
import type { Stage } from './stage.ts'
import { type Names, written } from './text.ts'
import { Wire, webSocketFrame } from './wire.ts'

/** For a reaction that may not come at all. */
const REACTION_MS = 1500
/** For an answer that has to end: the model's time limit, twice, and the wait between. */
const ANSWER_MS = 30_000
const PROBE_ID = '987654'

export interface Complaint {
  /** What is said of keys that hold what Baton never wrote is `internal`, and no fault. */
  readonly of: 'a secret' | 'internal'
  readonly text: string
}

export async function play(attack: Attack, stage: Stage): Promise<Complaint[]> {
  const heard = await perform(attack, stage)
  const secret = heard.indexOf(SECRET)
  const internal = heard.search(/"code":"internal"|HTTP\/1\.1 500/)
  const complaint = (of: Complaint['of'], what: string, at: number): Complaint[] =>
    at < 0 ? [] : [{ of, text: `${attack.door}: an attacker at ${attack.at} was ${what}: ${around(heard, at)}` }]
  return [
    ...complaint('a secret', "shown another client's text", secret),
    ...complaint('internal', 'told of an internal error', internal),
  ]
}

const around = (heard: string, at: number): string => heard.slice(Math.max(0, at - 200), at + 300)

function perform(attack: Attack, stage: Stage): Promise<string> {
  switch (attack.door) {
    case 'frames':
      return sendFrames(attack, stage)
    case 'http':
      return sendRequests(attack, stage)
    case 'provider':
      return replyWith(attack, stage)
    case 'notes':
      return publish(attack, stage)
    case 'redis':
      return spoil(attack, stage)
  }
}

async function sendFrames({ at, path, headers, writes, end, cutAt }: FramesAttack, stage: Stage): Promise<string> {
  const names = stage.names(at)
  const wire = await Wire.open(stage.portOf(at))
  const fields = [
    'Host: x',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  ]
  const head = `GET ${written(path, names)} HTTP/1.1\r\n${[...fields, ...headers.map((one) => written(one, names))].join('\r\n')}\r\n\r\n`
  wire.write(cutAt === null ? head : head.slice(0, cutAt))
  if (cutAt !== null) {
    await pause(cutAt % 3)
    wire.end('reset')
    return wire.heard
  }
  await wire.until('\r\n\r\n', 1, REACTION_MS)
  for (const write of writes) wire.write(bytesOf(write, names))
  if (end === 'wait' && wire.heard.includes(' 101 ')) {
    wire.write(webSocketFrame(Buffer.from(`42${PROBE_ID}["no such event",{}]`), 1))
    await wire.until(`43${PROBE_ID}[`, 1, REACTION_MS)
  }
  wire.end(end === 'reset' ? 'reset' : 'leave')
  return wire.heard
}

function bytesOf(write: Write, names: Names): Buffer {
  if ('bytes' in write) return Buffer.from(write.bytes, 'latin1')
  if ('binary' in write) return webSocketFrame(Buffer.from(write.binary, 'latin1'), 2)
  return Buffer.concat(write.frames.map((frame) => webSocketFrame(Buffer.from(written(frame, names)), 1)))
}

async function sendRequests({ at, requests, pieces, end }: HttpAttack, stage: Stage): Promise<string> {
  const wire = await Wire.open(stage.portOf(at))
  const bytes = Buffer.concat(requests.map((request) => requestBytes(request, stage.names(at))))
  const size = Math.ceil(bytes.length / pieces)
  for (let from = 0; from < bytes.length; from += size) {
    if (from > 0) await pause(3)
    wire.write(bytes.subarray(from, from + size))
  }
  if (end === 'half') wire.end('half')
  if (end === 'wait' || end === 'half') await wire.until('HTTP/1.1 ', requests.length, REACTION_MS)
  wire.end(end === 'reset' ? 'reset' : 'leave')
  return wire.heard
}

/** With the lengths of its body where the marks for them are. */
function requestBytes(request: string, names: Names): Buffer {
  const [head = '', ...rest] = request.split('\r\n\r\n')
  const [, payload] = /^«size»\r\n(.*)\r\n0$/su.exec(rest[0] ?? '') ?? [null, rest.join('\r\n\r\n')]
  const body = Buffer.from(written(payload ?? '', names))
  const size = { length: String(body.length), size: body.length.toString(16) }
  const before = Buffer.from(written(`${head}\r\n\r\n`, { ...names, ...size }), 'latin1')
  if (rest.length < 2)
    return rest.length === 0 ? Buffer.from(written(head, names), 'latin1') : Buffer.concat([before, body])
  return Buffer.concat([before, Buffer.from(`${size.size}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')])
}

async function replyWith({ at, by, parts, end }: ProviderAttack, stage: Stage): Promise<string> {
  const key = randomUUID()
  const forget = stage.model.expect(key, { parts: parts.map((part) => written(part, {})), end })
  const peer = await stage.join(at)
  try {
    const opened = await peer.ask('session:open', '{}')
    if (opened?.ok !== true) return peer.heard()
    const { id: sessionId } = opened.session as { id: string }
    const content = `hostile ${key}.`
    const heard =
      by === 'socket' ? await askBySocket(peer, sessionId, content) : await askByHttp(stage, at, sessionId, content, by)
    return heard + (await look(stage, at, sessionId)) + peer.heard()
  } finally {
    peer.close()
    forget()
  }
}

async function askBySocket(peer: Peer, sessionId: string, content: string): Promise<string> {
  const sent = await peer.ask('message:send', JSON.stringify({ sessionId, id: randomUUID(), content }))
  if (sent?.ok !== true) return ''
  const { id } = sent.answer as { id: string }
  await peer.ended(id)
  return ''
}

async function askByHttp(
  stage: Stage,
  at: ProviderAttack['at'],
  sessionId: string,
  message: string,
  by: 'http' | 'sse',
): Promise<string> {
  const reply = await fetch(`${stage.urlOf(at)}/api/chat/sessions/${sessionId}/messages`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${stage.names(at).token}`,
      ...(by === 'sse' ? { accept: 'text/event-stream' } : {}),
    },
    body: JSON.stringify({ message }),
    signal: AbortSignal.timeout(ANSWER_MS),
  })
  const text = await reply.text()
  if (by === 'sse' && reply.ok && !text.includes('event: message'))
    throw new Error(`an event stream ended without a message: ${text.slice(-300)}`)
  return `HTTP/1.1 ${reply.status} ${text}`
}

/** Somebody opens the session at the replica beside. */
async function look(stage: Stage, at: ProviderAttack['at'], sessionId: string): Promise<string> {
  const peer = await stage.join(stage.besides(at))
  await peer.ask('session:open', JSON.stringify({ sessionId }))
  const heard = peer.heard()
  peer.close()
  return heard
}

async function publish({ channel, at, payloads }: BusAttack, stage: Stage): Promise<string> {
  const peers = [await stage.join(at), await stage.join(stage.besides(at))]
  const [own, other] = peers as [Peer, Peer]
  try {
    const names = await stage.sessionOf(own, at)
    const reference = JSON.stringify({ sessionId: names.session })
    await other.ask('session:open', reference)
    for (const payload of payloads)
      await stage.redis.call('SPUBLISH', stage.channelOf(channel, at), written(payload, names))
    for (const peer of peers) await peer.ask('session:history', reference)
    return peers.map((peer) => peer.heard()).join('\n')
  } finally {
    for (const peer of peers) peer.close()
  }
}

async function spoil({ at, commands, asks }: RedisAttack, stage: Stage): Promise<string> {
  const peers = [await stage.join(at), await stage.join(stage.besides(at))]
  const [own, other] = peers as [Peer, Peer]
  try {
    const names = await stage.sessionOf(own, at)
    for (const [name = '', ...rest] of commands) {
      await stage.redis.call(name, ...rest.map((one) => written(one, names))).catch(() => {}) // of another type by now
    }
    let heard = ''
    for (const ask of asks) {
      for (const peer of peers) heard += await inquire(stage, at, peer, ask, names)
    }
    return heard + own.heard() + other.heard()
  } finally {
    for (const peer of peers) peer.close()
  }
}

async function inquire(stage: Stage, at: RedisAttack['at'], peer: Peer, ask: string, names: Names): Promise<string> {
  if (ask.includes(':')) {
    const payload = { sessionId: names.session, messageId: names.answer, id: randomUUID(), content: 'hi' }
    await peer.ask(ask, JSON.stringify(payload))
    return ''
  }
  const tail = {
    stats: `/${names.session}`,
    history: `/${names.session}/history`,
    stream: `/${names.session}/stream`,
    list: '?user_id=evil',
  }[ask]
  const reply = await fetch(`${stage.urlOf(at)}/api/chat/sessions${tail}`, {
    headers: { authorization: `Bearer ${names.token}` },
    signal: AbortSignal.timeout(ANSWER_MS),
  })
  return `HTTP/1.1 ${reply.status} ${await reply.text()}\n`
}
