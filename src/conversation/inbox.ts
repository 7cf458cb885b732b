import type { Log } from '../ports/log.ts'
import type { Note } from '../ports/replica-link.ts'
import type { AnswerPublisher } from './answer-publisher.ts'
import type { Answering } from './answering.ts'
import type { SessionCopies } from './copies.ts'
import type { Feeds } from './feeds.ts'
import { withHeard } from './session-copy.ts'
import type { Takeover } from './takeover.ts'
import type { Watchtower } from './watchtower.ts'

export interface InboxOptions {
  readonly address: string
  readonly answering: Answering
  readonly publisher: AnswerPublisher
  readonly feeds: Feeds
  readonly copies: SessionCopies
  readonly takeover: Takeover
  readonly watchtower: Watchtower
  readonly log: Log
}

/** Gives what other replicas say to whom it concerns here. */
export class Inbox {
  readonly #options: InboxOptions

  constructor(options: InboxOptions) {
    this.#options = options
  }

  take(note: Note): void {
    const { address, answering, publisher, feeds, copies, takeover, watchtower } = this.#options
    switch (note.kind) {
      case 'delta': {
        const { kind: _, ...delta } = note
        return feeds.delta(delta, [])
      }
      case 'message':
        copies.update(note.sessionId, (copy) => withHeard(copy, note.message))
        return feeds.message(note.sessionId, { message: note.message, version: note.version }, [])
      case 'activity':
        return feeds.activity(note.event, [])
      case 'look':
        return feeds.look(note.sessionId)
      case 'watch': {
        const own = answering.of(note.sessionId)
        return own === undefined ? takeover.meet(note.sessionId, address) : publisher.addWatcher(own, note.watcher)
      }
      case 'fenced':
        return this.#fenced(note.sessionId, note.epoch)
      case 'handover':
        return void takeover.adopt(note.sessionId, note.owner).catch(() => {}) // its owner's end is noticed anyway
      case 'died':
        return watchtower.declareDead(note.replica)
      case 'owning':
        return watchtower.guard(note.replica)
      case 'draining':
        return watchtower.retire(note.replica)
    }
  }

  #fenced(sessionId: string, epoch: number): void {
    const { answering, log } = this.#options
    const own = answering.of(sessionId)
    if (own?.epoch !== epoch) return
    log.warn({ session: sessionId, message: own.message.id, epoch }, 'answer is owned elsewhere by now')
    answering.lose(own)
  }
}
