import type { Model, ModelEnd, ModelRequest, TokenSink } from '../../src/ports/model.ts'
import type { Life } from './life.ts'
import { type AnswerRecord, currentOf } from './records.ts'
import { answerLike, piecesOf, scriptOf } from './script.ts'
import { type Mishap, type ModelDeps, type Response, Stream } from './stream.ts'

/** The model's provider: says the one right answer to each question, and fails in every way that F6 knows. */
export class Provider {
  readonly #deps: ModelDeps
  readonly #responses = new Map<string, Response>()

  constructor(deps: ModelDeps) {
    this.#deps = deps
  }

  sourceFor(life: Life, address: string): Model {
    return {
      resumes: this.#deps.flavour,
      generate: (request, sink, signal) => this.#generate(life, address, request, sink, signal),
      cancel: (bookmark) => this.cancel(bookmark.responseId),
      close: async () => {},
    }
  }

  cancel(responseId: string): void {
    const response = this.#responses.get(responseId)
    if (response !== undefined) response.cancelled = true
  }

  #generate(
    life: Life,
    address: string,
    request: ModelRequest,
    sink: TokenSink,
    signal: AbortSignal,
  ): Promise<ModelEnd> {
    const { flavour, history, trace, random, mischief } = this.#deps
    trace?.note(address, 'asks the model', request.sessionId, questionIn(request), request.resume)
    const mishap = mischief.happens('model')
      ? random.pick<Mishap>(['refused', 'broken', 'broken', 'silent', 'forbidden'])
      : null
    if (mishap !== null) history.modelFailed.add(questionIn(request))
    this.#checkTurns(request)
    const bookmark = flavour === 'reattach' ? (request.resume?.bookmark ?? null) : null
    const response = bookmark === null ? this.#create(address, request) : this.#responses.get(bookmark.responseId)
    if (response === undefined) throw new Error('a bookmark of a response that never was')
    const owned = this.#owned(address, request)
    if (response.cancelled && owned !== undefined && !history.stopAsked.has(owned.id))
      history.violatedUnlessAlone('F3', 'an answer is to be gone on with whose response was cancelled', request)
    return new Promise((resolve, reject) => {
      const stream = new Stream({
        deps: this.#deps,
        life,
        response,
        sink,
        signal,
        mishap,
        from: bookmark?.sequence ?? -1,
        resolve,
        reject,
      })
      stream.start()
    })
  }

  #create(address: string, request: ModelRequest): Response {
    const { resume } = request
    const { flavour, history, scheduler, random } = this.#deps
    const question = questionIn(request)
    const before = resume?.text ?? ''
    const expected = answerLike(question, before, random)
    if (!expected.startsWith(before))
      history.violated('F3', 'the model is to go on with a text that is not its own', before)
    const owned = this.#owned(address, request)
    if (flavour === 'reattach' && owned !== undefined && currentOf(owned).bookmarked)
      history.violatedUnlessAlone('F3', 'the provider is asked twice for an answer that could be reattached to', owned)
    const pieces = piecesOf(expected.slice(before.length), random)
    const response = {
      id: random.uuid(),
      pieces,
      script: scriptOf(question),
      createdAt: scheduler.now,
      cancelled: false,
    }
    this.#responses.set(response.id, response)
    return response
  }

  /** The answer that is asked for, where the replica owns it: one that was fenced and does not know it yet may ask what it likes. */
  #owned(address: string, request: ModelRequest): AnswerRecord | undefined {
    const answer = this.#deps.history.answerOn(request.sessionId, questionIn(request))
    const isRunning = this.#deps.history.session(request.sessionId).running === answer
    return isRunning && answer?.owner === address ? answer : undefined
  }

  /** What the model is given is what the session holds before the answer (S7); all runs are shorter than `CONTEXT_MESSAGES`. */
  #checkTurns(request: ModelRequest): void {
    const { history } = this.#deps
    const session = history.session(request.sessionId)
    const asked = questionIn(request)
    const exchanges = [...session.exchanges.values()]
    const at = exchanges.findIndex((exchange) => exchange.message.content === asked)
    const said = exchanges.slice(0, at + 1).flatMap(({ message, answer }, i) => [
      ['user', message.content],
      ['assistant', i === at ? '' : (currentOf(answer).final?.content ?? '')],
    ])
    const expected: string[][] = []
    for (const [role = '', text = ''] of said.filter(([, text]) => text !== '')) {
      const last = expected.at(-1)
      if (last?.[0] === role) last[1] += `\n\n${text}`
      else expected.push([role, text])
    }
    const given = request.turns.slice(1).map(({ role, content }) => [role, content])
    if (at < 0 || JSON.stringify(given) !== JSON.stringify(expected))
      history.violatedUnlessAlone('S7', 'the model is not given the messages of the session', { given, expected })
  }
}

/** The new message: a question before it that got no word is in the same turn (S7). */
function questionIn({ turns }: ModelRequest): string {
  return turns.at(-1)?.content.split('\n\n').at(-1) ?? ''
}
