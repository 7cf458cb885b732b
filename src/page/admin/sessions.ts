import type { AdminSession, AdminSessionList } from '../../protocol/admin.ts'
import { byId, element } from '../element.ts'
import { act, type Perform } from './act.ts'
import { api } from './console-api.ts'
import { type Column, Table } from './table.ts'
import { bytes, shownName, time } from './words.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

type Listed = AdminSessionList['sessions'][number]
type Fact = AdminSession['messages'][number]

const LISTED: readonly Column<Listed>[] = [
  { title: 'Session', text: ({ session_id }) => session_id, kind: 'id' },
  { title: 'Made', text: ({ created_at }) => new Date(created_at).toLocaleString() },
  { title: 'Last activity', text: ({ last_activity }) => new Date(last_activity).toLocaleString() },
]

const MESSAGES: readonly Column<Fact>[] = [
  { title: '#', text: ({ seq }) => String(seq), kind: 'number' },
  { title: 'Role', text: ({ role }) => role },
  {
    title: 'Status',
    text: ({ status, error }) => error ?? status,
    tone: ({ status }) => (status === 'error' ? 'bad' : ''),
  },
  { title: 'Time', text: ({ created_at }) => time(created_at), kind: 'number' },
  { title: 'Characters', text: ({ characters }) => characters.toLocaleString(), kind: 'number' },
  { title: 'Attempt', text: ({ attempt }) => String(attempt), kind: 'number' },
  { title: 'Replicas', text: ({ replicas }) => replicas.join(', '), kind: 'id' },
]

/** Sessions by user and by id, and what can be done with one. What is said in them is not shown. */
export class Sessions {
  readonly #perform: Perform
  readonly #found = byId('found', HTMLElement)
  readonly #list: Table<Listed>
  readonly #place = byId('session', HTMLElement)

  constructor(perform: Perform) {
    this.#perform = perform
    this.#list = new Table(
      byId('sessions', HTMLElement),
      LISTED,
      ({ session_id }) => session_id,
      '',
      (row) => [act('Look', () => this.look(row().session_id))],
    )
    const wanted = byId('wanted', HTMLInputElement)
    byId('search', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault()
      const value = wanted.value.trim()
      if (UUID.test(value)) this.look(value)
      else void perform('', () => this.#listOf(value))
    })
  }

  /** Shows one session. */
  look(id: string): void {
    void this.#perform('', async () => this.#show(await api.session(id)))
  }

  async #listOf(user: string): Promise<void> {
    const { sessions, total } = await api.sessionsOf(user)
    this.#place.hidden = true
    this.#list.show(sessions)
    this.#found.textContent = total > sessions.length ? `The latest ${sessions.length} of ${total}.` : `${total} found.`
  }

  #show(session: AdminSession): void {
    const { session_id: id, owner, messages } = session
    const facts: [string, string][] = [
      ['User', shownName(session.user_id ?? '–')],
      ['Made', new Date(session.created_at).toLocaleString()],
      ['Last activity', new Date(session.last_activity).toLocaleString()],
      ['Messages', String(session.message_count)],
      ['In Redis', bytes(session.size_bytes)],
      ['Expires in', `${session.ttl_seconds} s`],
      ['Running answer', owner === null ? 'none' : `at ${owner}`],
    ]
    const list = facts.flatMap(([name, value]) => [element('dt', '', name), element('dd', '', value)])
    const table = element('div', '')
    this.#place.replaceChildren(
      element('h3', 'id', id),
      element('dl', '', ...list),
      element('div', 'acts', ...this.#acts(session)),
      table,
    )
    new Table(table, MESSAGES, (message) => message.id, 'No messages.').show(messages.toReversed())
    this.#place.hidden = false
    this.#place.scrollIntoView({ block: 'nearest' })
  }

  #acts({ session_id: id, messages }: AdminSession): Node[] {
    const then = (what: string, work: () => Promise<unknown>, question?: string) =>
      void this.#perform(what, work, question).then(() => this.look(id))
    const running = messages.find(({ status }) => status === 'streaming')
    const acts = [act('Look again', () => this.look(id)), act('Extend', () => then('Extended.', () => api.extend(id)))]
    if (running !== undefined) acts.push(act('Stop', () => then('Stopped.', () => api.stop(id, running.id)), 'danger'))
    const clear = async () => {
      await api.clear(id)
      this.#place.hidden = true
    }
    const question = 'Clear this session? Everything of it is removed, for its user, too.'
    acts.push(act('Clear', () => void this.#perform('Cleared.', clear, question), 'danger'))
    return acts
  }
}
