import { Component, computed } from '@angular/core'
import { injectBaton } from './baton'

@Component({
  selector: 'app-chat',
  styles: 'article { white-space: pre-wrap }',
  template: `
    <p role="status">{{ status() }}</p>
    <main role="log" aria-label="Conversation">
      @for (message of messages(); track message.id) {
        <article [textContent]="message.content"></article>
      }
    </main>
    <form (submit)="ask($event, box)">
      <input #box aria-label="Message" autocomplete="off" required />
      <button type="submit">Send</button>
      @if (state().answering) {
        <button type="button" (click)="client.stop()">Stop</button>
      }
    </form>
  `,
})
export class Chat {
  readonly #baton = injectBaton({ url: 'http://localhost:8080' })
  protected readonly client = this.#baton.client
  protected readonly state = this.#baton.state
  protected readonly messages = computed(() => [...this.state().messages, ...this.state().outbox])
  protected readonly status = computed(() => {
    const { error, answering, connection } = this.state()
    return error?.message ?? (answering ? 'answering' : connection)
  })

  protected ask(event: Event, box: HTMLInputElement): void {
    event.preventDefault()
    this.client.send(box.value).catch(() => {}) // a message that failed stays in the outbox
    box.value = ''
  }
}
