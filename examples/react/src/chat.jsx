import { useBaton } from '@baton-chat/client/react'

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
      <main role="log" aria-label="Conversation">
        {[...messages, ...outbox].map(({ id, content }) => (
          <article key={id} style={{ whiteSpace: 'pre-wrap' }}>
            {content}
          </article>
        ))}
      </main>
      <form onSubmit={ask}>
        <input name="text" aria-label="Message" autoComplete="off" required />
        <button type="submit">Send</button>
        {answering && (
          <button type="button" onClick={() => baton.stop()}>
            Stop
          </button>
        )}
      </form>
    </>
  )
}
