/** The drawing: who stands on the stage, in which state, and the way that the answer takes between them. */
import { element } from '../element.ts'
import { Card, ReplicaCard, Target } from './cards.ts'
import type { Blow } from './incident.ts'
import type { StackState } from './stack.ts'
import { Wires } from './wires.ts'

/** What the replicas do for this page. */
export interface Roles {
  /** The replica that writes the running answer. */
  readonly owner: string | null
  /** The replica at which this page's connection ends. */
  readonly server: string | null
}

export const REDIS = 'Redis'

export class Plan {
  readonly element = element('div', 'plan')
  readonly #strike: (blow: Blow, target: string) => void
  readonly #wires = new Wires(this.element)
  readonly #replicas = new Map<string, ReplicaCard>()
  readonly #replicaRow = element('div', 'replicas')
  readonly #redis = new Target(REDIS, 'redis', ['kill'], (blow) => this.#strike(blow, REDIS))
  readonly #model = new Card('Model', 'model')
  #stack: StackState | null = null

  /** `strike` is called with a replica's id, or with `REDIS`. */
  constructor(strike: (blow: Blow, target: string) => void) {
    this.#strike = strike
    const you = new Card('You', 'you', 'this page')
    const nginx = new Card('nginx', 'nginx', 'any replica will do')
    this.element.append(
      this.#wires.element,
      element('div', 'row', you.element, nginx.element),
      this.#replicaRow,
      element('div', 'row', this.#redis.element, this.#model.element),
    )
    const boxes = { you, nginx, redis: this.#redis, model: this.#model }
    for (const [name, card] of Object.entries(boxes)) this.#wires.place(name, card.element)
  }

  /** Place of a replica among the others, from 0. */
  hueOf(replica: string): number {
    return Math.max(0, [...this.#replicas.keys()].indexOf(replica))
  }

  set stack(stack: StackState) {
    const ids = stack.replicas.map(({ id }) => id)
    if (this.#stack === null || ids.join() !== [...this.#replicas.keys()].join()) this.#cast(ids, stack)
    this.#stack = stack
    for (const { id, state } of stack.replicas) {
      const card = this.#replicas.get(id)
      if (card !== undefined) card.state = state
    }
    if (stack.redis !== null) this.#redis.state = stack.redis.state
    if (stack.model !== null) this.#model.state = stack.model.state
  }

  set roles(roles: Roles) {
    for (const [id, card] of this.#replicas) card.roles = { writes: id === roles.owner, serves: id === roles.server }
    this.#wires.route = this.#routeOf(roles)
  }

  /** Text has come. */
  pulse(now: number): void {
    this.#wires.pulse(now)
  }

  #cast(ids: readonly string[], { redis, model }: StackState): void {
    this.#replicas.clear()
    for (const [i, id] of ids.entries()) {
      const card = new ReplicaCard(id, i, (blow) => this.#strike(blow, id))
      this.#replicas.set(id, card)
      this.#wires.place(id, card.element)
    }
    this.#replicaRow.replaceChildren(...[...this.#replicas.values()].map((card) => card.element))
    this.#redis.element.hidden = redis === null
    this.#model.element.hidden = model === null
    const below = [...(redis === null ? [] : ['redis']), ...(model === null ? [] : ['model'])]
    const links = ids.flatMap((id) => [['nginx', id] as const, ...below.map((name) => [id, name] as const)])
    this.#wires.connect([['you', 'nginx'], ...links])
  }

  /** Redis holds every piece before anybody is shown it. */
  #routeOf({ owner, server }: Roles): string[] {
    if (owner === null || this.#stack === null) return []
    const { model, redis } = this.#stack
    const kept = redis?.state === 'up' ? ['redis'] : []
    const start = [...(model === null ? [] : ['model']), owner, ...kept]
    if (server === null) return start
    return [...start, ...(kept.length > 0 || server !== owner ? [server] : []), 'nginx', 'you']
  }
}
