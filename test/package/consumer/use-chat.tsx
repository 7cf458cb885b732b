import { useChat } from '@ai-sdk/react'
import { answerParts, BatonChatTransport, failureOf } from '@baton-chat/client/ai-sdk'
import { useEffect } from 'react'
import { AskForm } from './ask-form'
import { gateway } from './place'

const transport = new BatonChatTransport({ url: gateway })
Object.assign(window, { client: transport.client })

export function UseChat() {
  const { messages, setMessages, sendMessage, regenerate, stop, status, error } = useChat({ transport, resume: true })
  useEffect(() => void transport.history().then(setMessages), [setMessages])
  return (
    <>
      <p role="status">{error === undefined ? status : `${status}: ${error.message}`}</p>
      {messages.map(({ id, parts, metadata }) => (
        <article key={id} style={{ whiteSpace: 'pre-wrap' }}>
          {answerParts(parts).map((part) => (part.type === 'text' ? part.text : ''))}
          {metadata?.status === 'error' && <em>{failureOf(metadata)}</em>}
        </article>
      ))}
      <AskForm onAsk={(text) => void sendMessage({ text })} />
      <button type="button" onClick={() => void stop()}>
        Stop
      </button>
      <button type="button" onClick={() => void regenerate()}>
        Regenerate
      </button>
    </>
  )
}
