import type { Output } from './scripted-model-output.ts'
import { end, type Step } from './scripted-model-steps.ts'

/** Speaks one answer on the chat completions wire, for as long as the client is there to hear it. */
export async function speakChat(steps: AsyncIterator<Step>, out: Output, model: string): Promise<void> {
  let pieces = 0
  const send = (fields: object) => out.write(`data: ${JSON.stringify(fields)}\n\n`)
  const chunk = (choices: object[], more: object = {}) =>
    send({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model, choices, ...more })
  const delta = (fields: object) => chunk([{ index: 0, delta: fields, finish_reason: null }])
  const gone = out.gone.then(() => null)

  for (let first = true; ; first = false) {
    const next = await Promise.race([steps.next(), gone])
    if (next === null || !out.open) {
      void steps.return?.()
      return
    }
    const step = next.done ? end({}) : next.value
    if (typeof step !== 'string' && step.do === 'refuse') {
      return out.json(step.status, step.body, step.headers)
    }
    if (first) await delta({ role: 'assistant', content: '' })
    if (typeof step === 'string') {
      pieces++
      await delta({ content: step })
      continue
    }
    switch (step.do) {
      case 'refusal':
        await delta({ refusal: step.text })
        continue
      case 'event':
        await send(step.fields)
        continue
      case 'raw':
        await out.write(step.bytes)
        continue
      case 'silence':
        await gone
        continue
      case 'fail':
        await send({ error: step.error })
        return out.end()
      case 'reset':
        return out.reset()
      case 'end':
        if (step.reason !== null) {
          await chunk([{ index: 0, delta: {}, finish_reason: step.reason }])
          await chunk([], { usage: { prompt_tokens: 1, completion_tokens: pieces, total_tokens: pieces + 1 } })
        }
        if (step.done) await out.write('data: [DONE]\n\n')
        return out.end()
    }
  }
}
