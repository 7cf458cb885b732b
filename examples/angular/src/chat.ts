import { Component, computed } from '@angular/core'
import { failureOf } from '@baton-chat/client'
import { injectBaton } from './baton'

@Component({
  selector: 'app-chat',
  styles: 'article { white-space: pre-wrap } form { position: sticky; top: 0 }',
  template: `
    <p role="status">{{ status() }}</p>
    <form (submit)="ask($event, box)">
      <input #box aria-label="Message" autocomplete="off" required />
      <button type="submit">Send</button>
      @if (state().answering) {
        <button type="button" (click)="stop()">Stop</button>
      }
    </form>
    <main role="log" aria-label="Conversation">
      @for (message of messages(); track message.id) {
        <article>{{ message.content }}
          @if (message.status === 'error') {
            <em>{{ failureOf(message) }}</em>
          }
          @if (message.status === 'failed') {
            <em>{{ message.error.message }} <button type="button" (click)="client.discard(message.id)">Discard</button></em>
          }
        </article>
      }
    </main>
  `,
})
export class Chat {
  readonly #baton = injectBaton({ url: 'http://localhost:8080' })
  protected readonly client = this.#baton.client
  protected readonly state = this.#baton.state
  protected readonly failureOf = failureOf
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

  protected stop(): void {
    this.client.stop().catch(() => {})
  }
}
