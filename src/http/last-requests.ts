import type { App } from './context.ts'

/** What requests that are under way get when the server closes, in milliseconds. */
const LAST_REQUESTS_MS = 1000

/** Ends what clients never do: Node watches over no request any more once its server closes, and would wait for half of one for ever. */
export function boundLastRequests(app: App): void {
  let timer: NodeJS.Timeout | undefined
  app.addHook('preClose', async () => {
    timer = setTimeout(() => app.server.closeAllConnections(), LAST_REQUESTS_MS)
  })
  app.addHook('onClose', async () => clearTimeout(timer))
}
