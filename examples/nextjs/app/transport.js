import { BatonChatTransport } from '@baton-chat/client/ai-sdk'

// In a file of its own: so an edit of chat.jsx under `npm run dev` makes no other connection.
export const transport = new BatonChatTransport({ url: process.env.NEXT_PUBLIC_BATON_URL ?? 'http://localhost:8080' })
