import type { MessageEvent, Opened, SessionSync } from '../../../src/protocol/events.ts'
import type { Backend } from '../../../src/protocol/message.ts'

/** A frame that starts so carries a delta; all systems under test speak it, whatever they do to get there. */
export const DELTA = '42["delta",'
export const MESSAGE = '42["message",'
export const BACKEND = '42["backend",'
export const SYNC = '42["session:sync",'
/** Of one that tells what goes on meanwhile: a replica that had to wait for a core for long was taken for dead. */
export const ACTIVITY = '42["activity",'

/** What a connection tells; frames of deltas as they came, so that who only counts need not parse. */
export interface WireListener {
  delta(frame: Buffer): void
  message(event: MessageEvent): void
  /** Durability was lost or is back (G1). Where nobody asks for it, the connection counts as broken. */
  backend?(backend: Backend): void
  /** What the store holds stands (G4). As `backend`. */
  sync?(event: SessionSync): void
  /** The connection broke or was closed; also what was wrong with what it said. */
  broken(reason: string): void
}

/** One person's connection to a system, whatever it speaks. */
export interface Wire {
  /** Connects where that is not done, and opens a session or takes one up; resolves when its events come. */
  open(sessionId?: string, after?: number): Promise<Pick<Opened, 'session' | 'resumed' | 'messages' | 'backend'>>
  /** Sends a message that asks for an answer; resolves when it is acknowledged. Rejects with `Refused`. */
  send(sessionId: string, content: string): Promise<void>
  /** Reads nothing more, and lets the other side find out. */
  pause(): void
  close(): void
}

/** The system said no, in its own words. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: string

  constructor(event: string, { code, message }: { code: string; message: string }) {
    super(`${event} was refused: ${code}: ${message}`)
    this.code = code
  }
}

/** How a system is spoken to: by Socket.IO, or by HTTP beside a WebSocket that only listens (Nchan). */
export type Speech = 'socket.io' | 'nchan'
