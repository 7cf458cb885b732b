import { useBaton } from '@baton-chat/client/react'
import { AskForm } from './ask-form'

export function UseBaton({ gateway }: { gateway: string }) {
  const baton = useBaton({ url: gateway })
  Object.assign(window, { client: baton.client })
  return (
    <>
      <p role="status">
        {baton.error?.message ?? baton.activity?.kind ?? (baton.answering ? 'answering' : baton.connection)}
      </p>
      {[...baton.messages, ...baton.outbox].map(({ id, content }) => (
        <article key={id} style={{ whiteSpace: 'pre-wrap' }}>
          {content}
        </article>
      ))}
      <AskForm onAsk={(text) => void baton.send(text)} />
      <button type="button" onClick={() => void baton.stop()}>
        Stop
      </button>
      <button type="button" onClick={() => void baton.regenerate()}>
        Regenerate
      </button>
      <button type="button" onClick={baton.newConversation}>
        New
      </button>
      {baton.hasEarlier && (
        <button type="button" onClick={() => void baton.loadEarlier()}>
          Earlier
        </button>
      )}
    </>
  )
}
