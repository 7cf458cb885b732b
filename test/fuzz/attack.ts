/** What one attacker does, as plain data: it can be printed, kept and made smaller. */

/** A replica: two that share sessions, and one that asks for tokens. */
export type Where = 'r1' | 'r2' | 'jwt'

/** One write of a client on its Socket.IO connection. */
export type Write =
  | { readonly frames: readonly string[] }
  | { readonly binary: string }
  /** Past the WebSocket layer, one character a byte. */
  | { readonly bytes: string }

/** `frames`: a WebSocket connection from its first byte on. */
export interface FramesAttack {
  readonly door: 'frames'
  readonly at: Where
  readonly path: string
  /** Headers beside those of a WebSocket upgrade. */
  readonly headers: readonly string[]
  readonly writes: readonly Write[]
  readonly end: 'wait' | 'leave' | 'reset'
  /** Resets the connection after so many bytes of the upgrade; null to send it whole. */
  readonly cutAt: number | null
}

/** `http`: plain HTTP, SSE included, on a connection of its own. */
export interface HttpAttack {
  readonly door: 'http'
  readonly at: Where
  /** Each from its first to its last byte; pipelined. */
  readonly requests: readonly string[]
  /** In how many writes they are sent. */
  readonly pieces: number
  readonly end: 'wait' | 'leave' | 'reset' | 'half'
}

/** `provider`: somebody asks, and the model's side replies in these bytes. */
export interface ProviderAttack {
  readonly door: 'provider'
  readonly at: Where
  readonly by: 'socket' | 'http' | 'sse'
  /** What is sent of the reply, write by write; the first has the head. */
  readonly parts: readonly string[]
  readonly end: 'close' | 'reset' | 'keep'
}

/** `notes`: what is published where replicas listen. */
export interface BusAttack {
  readonly door: 'notes'
  readonly channel: 'bus' | 'pulse' | 'adapter' | 'answers'
  readonly at: Where
  readonly payloads: readonly string[]
}

/** `redis`: what a session's keys hold is changed, then everything is asked of that session. */
export interface RedisAttack {
  readonly door: 'redis'
  readonly at: Where
  readonly commands: readonly (readonly string[])[]
  readonly asks: readonly string[]
}

export type Attack = FramesAttack | HttpAttack | ProviderAttack | BusAttack | RedisAttack
export type Door = Attack['door']
export const DOORS: readonly Door[] = ['frames', 'http', 'provider', 'notes', 'redis']

/** How many inputs an attack is made of: frames, requests, replies, notes, commands. */
export function inputsOf(attack: Attack): number {
  switch (attack.door) {
    case 'frames':
      return 1 + attack.writes.reduce((sum, write) => sum + ('frames' in write ? write.frames.length : 1), 0)
    case 'http':
      return attack.requests.length
    case 'provider':
      return 1
    case 'notes':
      return attack.payloads.length
    case 'redis':
      return attack.commands.length
  }
}
