'use client'

import { useChat } from '@ai-sdk/react'
import { failureOf, useBaton } from '@baton-chat/client/react'
import { useEffect } from 'react'
import { transport } from './transport'

export function Chat() {
  const { messages, setMessages, sendMessage, stop, status, error } = useChat({ transport, resume: true })
  const { connection, error: noConnection } = useBaton(transport.client)
  useEffect(() => void transport.history().then(setMessages, () => {}), [setMessages]) // why it failed is in noConnection
  const isAnswering = status === 'submitted' || status === 'streaming'

  const ask = (event) => {
    event.preventDefault()
    void sendMessage({ text: new FormData(event.currentTarget).get('text') })
    event.currentTarget.reset()
  }

  return (
    <>
      <p role="status">{(error ?? noConnection)?.message ?? (connection === 'online' ? status : connection)}</p>
      <form onSubmit={ask} style={{ position: 'sticky', top: 0 }}>
        <input name="text" aria-label="Message" autoComplete="off" required />
        <button type="submit" disabled={isAnswering}>
          Send
        </button>
        {status === 'streaming' && (
          <button type="button" onClick={() => void stop()}>
            Stop
          </button>
        )}
      </form>
      <main role="log" aria-label="Conversation">
        {messages.map(({ id, parts, metadata }) => (
          <article key={id} style={{ whiteSpace: 'pre-wrap' }}>
            {parts.map((part) => (part.type === 'text' ? part.text : ''))}{' '}
            {metadata?.status === 'error' && <em>{failureOf(metadata)}</em>}
          </article>
        ))}
      </main>
    </>
  )
}
