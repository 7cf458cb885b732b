import { Chat } from '@ai-sdk/react'
import { BatonChatTransport, type BatonClientOptions, type BatonUIMessage } from '../../src/ai-sdk/index.ts'
import type { Message } from '../../src/protocol/message.ts'
import { eventually } from './conditions.ts'
import { ScriptedGateway } from './scripted-gateway.ts'

/** A scripted gateway, and the chats of one test with it, as `useChat` holds them. */
export class AiSdkChats {
  readonly gateway: ScriptedGateway
  readonly #transports: BatonChatTransport[] = []

  static async start(): Promise<AiSdkChats> {
    const gateway = await ScriptedGateway.start()
    gateway.on('message:send', (request) => gateway.take(request))
    return new AiSdkChats(gateway)
  }

  private constructor(gateway: ScriptedGateway) {
    this.gateway = gateway
  }

  of(options: BatonClientOptions = {}): { chat: Chat<BatonUIMessage>; transport: BatonChatTransport } {
    const transport = new BatonChatTransport({ url: this.gateway.url, ...options })
    this.#transports.push(transport)
    return { chat: new Chat({ transport }), transport }
  }

  /** Every answer begins as one that streams. */
  streaming(): void {
    const { gateway } = this
    gateway.on('message:send', (request) => {
      const known = gateway.messages.length
      const sent = gateway.take(request)
      if (gateway.messages.length === known) return sent
      const answer: Message = { ...sent.answer, status: 'streaming' }
      gateway.messages[known + 1] = answer
      return { ...sent, answer }
    })
  }

  /** Makes the gateway's last answer another, and tells so. */
  tell(part: Partial<Message>): void {
    const { sessionId } = this.gateway
    this.gateway.tell('message', { sessionId, message: this.#change(part) })
  }

  /** A piece of the gateway's last answer; it may come before the acknowledgement. */
  delta(offset: number, text: string, attempt = 1): void {
    const { sessionId, messages } = this.gateway
    const content = (messages.at(-1)?.content.slice(0, offset) ?? '') + text
    const { id } = this.#change({ attempt, content })
    this.gateway.tell('delta', { sessionId, messageId: id, attempt, offset, text })
  }

  /** What the model thinks before the last answer's text goes on. */
  reasoning(text: string): void {
    const { sessionId, messages } = this.gateway
    this.gateway.tell('activity', { sessionId, messageId: messages.at(-1)?.id ?? '', kind: 'thinking', text })
  }

  /** Ends what the pages hold, as a reload does. */
  leave(): void {
    for (const transport of this.#transports.splice(0)) transport.close()
  }

  async close(): Promise<void> {
    this.leave()
    await this.gateway.close()
  }

  #change(part: Partial<Message>): Message {
    const { messages } = this.gateway
    const message = { ...(messages.at(-1) as Message), ...part }
    messages[messages.length - 1] = message
    return message
  }
}

export function textOf({ parts }: BatonUIMessage): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
}

export function lastText({ lastMessage }: Chat<BatonUIMessage>): string | undefined {
  return lastMessage && textOf(lastMessage)
}

export function shows(chat: Chat<BatonUIMessage>, text: string): Promise<true> {
  return eventually(text, () => lastText(chat) === text)
}
