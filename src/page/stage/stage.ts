/** The stage beside the chat (W5): what stands behind this page, which of it carries the answer, and buttons to strike it. */
import type { Arrival, BatonClient, ClientState, Message } from '../../client/index.ts'
import { button, element } from '../element.ts'
import { type Blow, type Burden, Incident } from './incident.ts'
import { Ledger } from './ledger.ts'
import { Plan, REDIS } from './plan.ts'
import { Score } from './score.ts'
import { fetchStack, type StackState, strike } from './stack.ts'
import { adviceOn, type Situation } from './words.ts'

const QUESTION = 'Write me a long story about a relay race.'
/** Between two looks at the stack, in milliseconds: after a blow, while something happens, and otherwise. */
const AFTER_BLOW_MS = 120
/** The same until the answer is seen to have another owner, whose coming is measured; and how long that is looked for. */
const MEASURING_MS = 30
const MEASURED_MS = 4000
const BUSY_MS = 300
const IDLE_MS = 1500

export class Stage {
  readonly #client: BatonClient
  readonly #ledger = new Ledger()
  readonly #plan = new Plan((blow, target) => void this.#strike(blow, target))
  readonly #score = new Score()
  readonly #advice = element('p', 'advice')
  readonly #nudge: HTMLButtonElement
  #stack: StackState | null = null
  #owner: string | null = null
  #incident: Incident | null = null
  /** Of the process that the incident has struck: another one may come back under its name. */
  #struckPid = 0
  #unreached: string | null = null
  /** Message and attempt that streams; empty where none does. */
  #answer = ''
  #ending: Situation['answer'] = 'none'
  /** Of the answer that streams, or streamed last: its length, and the last replica that was known to own it. */
  #length = 0
  #writer: string | null = null
  #shares: { readonly replica: string; readonly from: number; readonly incident: Incident | null }[] = []
  #wake: () => void = () => {}

  /** `ask` sends a message as if the visitor had typed it. */
  constructor(client: BatonClient, place: HTMLElement, ask: (question: string) => void) {
    this.#client = client
    this.#nudge = button('Start a long answer', () => ask(QUESTION))
    this.#nudge.className = 'primary'
    this.#advice.ariaLive = 'polite'
    this.#advice.tabIndex = -1
    const prompt = element('div', 'prompt', this.#nudge, this.#advice)
    place.append(prompt, this.#plan.element, element('div', 'sum', this.#score.element, foldOf(place)))
    client.observe((arrival) => this.#arrived(arrival))
    client.subscribe((state) => this.#changed(state))
    document.addEventListener('visibilitychange', () => this.#wake())
    void this.#watch()
  }

  /** Looks at the stack for as long as the page is open, oftener while something happens. */
  async #watch(): Promise<never> {
    let failures = 0
    for (;;) {
      try {
        this.#look(await fetchStack(this.#client.state.session?.id ?? null))
        failures = 0
      } catch {
        // A replica that is frozen or dying was asked: the next one is another. In the end each of them was.
        if (++failures >= (this.#stack?.replicas.length ?? 0)) this.#lookInVain()
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        if (!document.hidden) setTimeout(resolve, this.#pauseMs())
      })
    }
  }

  #pauseMs(): number {
    const incident = this.#incident
    if (incident !== null && incident.outcome === null) {
      const isSought = incident.burdens.includes('answer') && incident.oursMs === null
      return isSought && performance.now() - incident.startedAt < MEASURED_MS ? MEASURING_MS : AFTER_BLOW_MS
    }
    const processes = [...(this.#stack?.replicas ?? []), this.#stack?.redis]
    const isCalm = processes.every((one) => !one || one.state === 'up') && !this.#client.state.answering
    return isCalm ? IDLE_MS : BUSY_MS
  }

  #look(stack: StackState): void {
    const isRedisNew = stack.redis?.state === 'up' && stack.redis.pid !== this.#stack?.redis?.pid
    // It may be back before anybody has missed it.
    if (isRedisNew) this.#incident?.moved('storage', 'redis', performance.now())
    this.#stack = stack
    this.#plan.stack = stack
    if (stack.answer !== null && this.#answer !== '') this.#owned(stack.answer.owner)
    const { replica, connection } = this.#client.state
    if (this.#isTargetBack() && connection === 'online' && replica === this.#incident?.target)
      this.#incident.moved('socket', replica, performance.now())
    this.#show()
  }

  /** The replica that was struck runs again, as another process. */
  #isTargetBack(): boolean {
    const target = this.#stack?.replicas.find(({ id }) => id === this.#incident?.target)
    return target?.state === 'up' && target.pid !== this.#struckPid
  }

  /** No replica says how the stack is. */
  #lookInVain(): void {
    if (this.#stack === null) return
    const { replicas, redis, model, answer } = this.#stack
    this.#stack = {
      replicas: replicas.map((replica) => ({ ...replica, state: 'silent' })),
      redis: redis && { ...redis, state: 'unknown' },
      model: model && { ...model, state: 'unknown' },
      answer,
    }
    this.#plan.stack = this.#stack
    this.#show()
  }

  #owned(owner: string | null): void {
    this.#owner = owner
    if (owner === null) return
    if (this.#writer !== null && owner !== this.#writer) this.#incident?.moved('answer', owner, performance.now())
    this.#writer = owner
    const last = this.#shares.at(-1)?.replica
    if (owner === last) return
    const incident = this.#incident?.target === last ? this.#incident : null
    this.#shares.push({ replica: owner, from: last === undefined ? 0 : this.#length, incident })
  }

  async #strike(blow: Blow, target: string): Promise<void> {
    const isRedis = target === REDIS
    const pid = (isRedis ? this.#stack?.redis : this.#stack?.replicas.find(({ id }) => id === target))?.pid
    if (pid === undefined) return
    this.#unreached = null
    const before = this.#incident
    const begun = this.#client.state.answering ? this.#incidentOf(blow, target, pid) : before
    this.#show()
    try {
      await strike(isRedis ? 'redis/kill' : `replicas/${target}/${blow}`, pid)
    } catch {
      this.#unreached = target
      if (begun !== before && this.#incident === begun) {
        this.#incident = null
        this.#score.noTakeover()
      }
      this.#show()
    }
    this.#wake()
  }

  /** The incident that is under way with this blow. */
  #incidentOf(blow: Blow, target: string, pid: number): Incident {
    const before = this.#incident
    const facts = [blow, target, this.#burdensOf(target), performance.now(), this.#length] as const
    const incident = before?.followedBy(...facts) ?? new Incident(...facts)
    if (incident === before) return incident
    this.#incident = incident
    this.#struckPid = pid
    this.#score.noTakeover()
    this.#count(incident)
    return incident
  }

  #burdensOf(target: string): Burden[] {
    if (target === REDIS) return ['storage']
    const carries: Record<Exclude<Burden, 'storage'>, boolean> = {
      answer: this.#owner === target,
      socket: this.#client.state.replica === target,
    }
    return (['answer', 'socket'] as const).filter((burden) => carries[burden])
  }

  /** Counts the milliseconds while they pass. A drain is no race. */
  #count(incident: Incident): void {
    const isOver = incident !== this.#incident || incident.outcome !== null
    if (isOver || incident.blow === 'drain' || incident.burdens.length === 0) return
    this.#score.takeover(performance.now() - incident.startedAt, incident.oursMs)
    requestAnimationFrame(() => this.#count(incident))
  }

  #arrived(arrival: Arrival): void {
    const now = performance.now()
    const incident = this.#incident
    const fresh = this.#ledger.arrived(arrival)
    if (arrival.name === 'opened' && arrival.data.replica !== incident?.target) {
      incident?.moved('socket', arrival.data.replica, now)
    }
    if (arrival.name === 'backend') incident?.moved('storage', arrival.data.backend, now)
    if (arrival.name === 'activity' && arrival.data.kind === 'resuming') incident?.resumed(now)
    if (fresh === 0) return
    this.#length = this.#ledger.length
    incident?.text(now, this.#length)
    if (incident !== null && this.#owner === incident.target && this.#isTargetBack())
      incident.moved('answer', incident.target, now)
    this.#plan.pulse(now)
  }

  #changed(state: ClientState): void {
    const last = state.messages.at(-1)
    this.#ledger.shown(state.messages)
    const answer = state.answering && last !== undefined ? `${last.id}:${last.attempt}` : ''
    if (answer !== this.#answer) {
      // Where it starts again from nothing (LLM_RESUME=restart), that is what has come of the blow.
      const isRestart = this.#answer !== '' && this.#answer.split(':')[0] === last?.id
      if (answer === '') this.#finish(last)
      else this.#begin(isRestart)
      this.#answer = answer
    }
    this.#show()
  }

  #begin(isRestart: boolean): void {
    this.#shares = []
    this.#length = 0
    this.#owner = null
    if (!isRestart) {
      this.#writer = null
      this.#incident = null
      this.#unreached = null
    }
    this.#wake()
  }

  #finish(answer: Message | undefined): void {
    const writers = answer?.metadata.replicas
    const writer: unknown = Array.isArray(writers) ? writers.at(-1) : undefined
    // It may have been taken over and finished between two looks at the stack.
    if (typeof writer === 'string') this.#owned(writer)
    this.#owner = null
    this.#ending = answer?.status ?? 'gone'
    // Somebody began a new conversation, unless there is nothing from which the old one could have been resumed.
    if (answer === undefined && this.#stack?.redis !== null) this.#incident = null
    this.#incident?.ended()
  }

  #show(): void {
    const { answering, backend, replica, connection } = this.#client.state
    const { account } = this.#ledger
    this.#plan.roles = { owner: answering ? this.#owner : null, server: connection === 'online' ? replica : null }
    this.#score.account = account
    this.#tellTakeover()
    const shares = this.#shares.map(({ replica, from, incident }) => {
      return { replica, hue: this.#plan.hueOf(replica), from: incident?.outcome?.at ?? from }
    })
    this.#score.shares(shares, this.#length)
    const answer = answering ? 'streaming' : this.#ending
    const silent = this.#stack?.replicas.every(({ state }) => state === 'silent') ?? false
    const now = {
      answer,
      backend,
      owner: this.#owner,
      incident: this.#incident,
      unreached: this.#unreached,
      silent,
      account,
    }
    const advice = adviceOn(now)
    if (this.#advice.textContent !== advice) this.#advice.textContent = advice
    // What is hidden loses the keyboard's focus to the top of the page.
    if (answering && document.activeElement === this.#nudge) this.#advice.focus()
    this.#nudge.hidden = answering
  }

  #tellTakeover(): void {
    const { outcome, burdens, blow } = this.#incident ?? {}
    if (!outcome || outcome.pauseMs === 0 || burdens?.length === 0) return
    if (blow === 'drain') this.#score.takeover(outcome.pauseMs, null)
    else this.#score.takeover(outcome.ms, outcome.oursMs)
  }
}

/** On a narrow page the stage is a strip that opens. */
function foldOf(place: HTMLElement): HTMLButtonElement {
  const fold = button('More', () => {
    const isOpen = place.classList.toggle('open')
    fold.ariaExpanded = String(isOpen)
    fold.textContent = isOpen ? 'Less' : 'More'
  })
  fold.classList.add('fold')
  fold.ariaExpanded = 'false'
  return fold
}
