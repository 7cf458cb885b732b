import '@baton-chat/client/widget'

/** The widget as a tag. */
export function Element({ gateway }: { gateway: string }) {
  return (
    <>
      <baton-chat
        server={gateway}
        theme="dark"
        greeting="How may I help?"
        style={{ height: '20rem' }}
        data-place="app"
        ref={(element) => void element?.addEventListener('click', () => element.focus())}
      />
      {/* @ts-expect-error: no such theme */}
      <baton-launcher server={gateway} theme="purple" hidden />
    </>
  )
}
