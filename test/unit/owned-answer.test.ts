import { expect, test } from 'vitest'
import { OwnedAnswer, type OwnedState, TRANSITIONS } from '../../src/conversation/answer/owned-answer.ts'

const states = Object.keys(TRANSITIONS) as OwnedState[]

function answerIn(state: OwnedState): OwnedAnswer {
  const message = { id: 'a', seq: 2, attempt: 1, role: 'assistant', content: '', status: 'streaming' } as const
  const answer = new OwnedAnswer({
    sessionId: 's',
    message: { ...message, createdAt: '2026-11-28T00:00:00.000Z', metadata: {} },
    epoch: 1,
    startedAt: 0,
    watchers: [],
  })
  const way: OwnedState[] = state === 'ended' ? ['closing', 'ended'] : state === 'streaming' ? [] : [state]
  for (const next of way) answer.become(next)
  expect(answer.state).toBe(state)
  return answer
}

test.each(states)('[F1] an answer that is %s goes on only to the states that may follow', (from) => {
  for (const to of states) {
    const answer = answerIn(from)
    const may = TRANSITIONS[from].includes(to)
    expect(answer.become(to)).toBe(may)
    expect(answer.state).toBe(may ? to : from)
  }
})

test('[F1] what was lost, is closing or has ended is never written to again', () => {
  for (const from of ['closing', 'ended', 'lost'] as const) {
    const reachable = new Set<OwnedState>([from])
    for (const state of reachable) for (const next of TRANSITIONS[state]) reachable.add(next)
    expect([...reachable].filter((state) => ['streaming', 'checking', 'restarting'].includes(state))).toEqual([])
  }
})
