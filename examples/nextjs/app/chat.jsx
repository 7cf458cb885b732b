'use client'

import { useChat } from '@ai-sdk/react'
import { BatonChatTransport } from '@baton-chat/client/ai-sdk'
import { useEffect } from 'react'

const transport = new BatonChatTransport({ url: process.env.NEXT_PUBLIC_BATON_URL ?? 'http://localhost:8080' })

export function Chat() {
  const { messages, setMessages, sendMessage, stop, status, error } = useChat({ transport, resume: true })
  useEffect(() => void transport.history().then(setMessages), [setMessages])

  const ask = (event) => {
    event.preventDefault()
    void sendMessage({ text: new FormData(event.currentTarget).get('text') })
    event.currentTarget.reset()
  }

  return (
    <>
      <p role="status">{error?.message ?? status}</p>
      <main role="log" aria-label="Conversation">
        {messages.map(({ id, parts }) => (
          <article key={id} style={{ whiteSpace: 'pre-wrap' }}>
            {parts.map((part) => (part.type === 'text' ? part.text : ''))}
          </article>
        ))}
      </main>
      <form onSubmit={ask}>
        <input name="text" aria-label="Message" autoComplete="off" required />
        <button type="submit">Send</button>
        {status === 'streaming' && (
          <button type="button" onClick={() => void stop()}>
            Stop
          </button>
        )}
      </form>
    </>
  )
}
