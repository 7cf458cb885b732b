/** Without form actions, which React 18 does not have. */
export function AskForm({ onAsk }: { onAsk: (text: string) => void }) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onAsk(String(new FormData(event.currentTarget).get('text')))
        event.currentTarget.reset()
      }}
    >
      <input name="text" aria-label="Message" />
    </form>
  )
}
