import { failureOf, useBaton } from '@baton-chat/client/react'

export function Chat() {
  const baton = useBaton({ url: 'http://localhost:8080' })
  const { connection, messages, outbox, answering, error } = baton

  const ask = (event) => {
    event.preventDefault()
    const text = new FormData(event.currentTarget).get('text')
    event.currentTarget.reset()
    baton.send(text).catch(() => {}) // a message that failed stays in the outbox
  }

  return (
    <>
      <p role="status">{error?.message ?? (answering ? 'answering' : connection)}</p>
      <form onSubmit={ask} style={{ position: 'sticky', top: 0 }}>
        <input name="text" aria-label="Message" autoComplete="off" required />
        <button type="submit">Send</button>
        {answering && (
          <button type="button" onClick={() => baton.stop().catch(() => {})}>
            Stop
          </button>
        )}
      </form>
      <main role="log" aria-label="Conversation">
        {[...messages, ...outbox].map((message) => (
          <article key={message.id} style={{ whiteSpace: 'pre-wrap' }}>
            {message.content} {message.status === 'error' && <em>{failureOf(message)}</em>}
            {message.status === 'failed' && (
              <em>
                {message.error.message}{' '}
                <button type="button" onClick={() => baton.discard(message.id)}>
                  Discard
                </button>
              </em>
            )}
          </article>
        ))}
      </main>
    </>
  )
}
