import { type BatonClient, ClientError, type ClientState } from '../client/index.ts'
import { harmless } from './markdown-style.ts'

/** Says that the gateway cannot be reached, and that it can again. Gives the function that ends it. */
export function tellOutages(client: BatonClient, tell: (text: string) => void): () => void {
  let isAway = false
  return client.subscribe(({ connection, error }) => {
    if (!isAway && error !== null && connection !== 'offline') {
      isAway = true
      tell(`(${harmless(error.message)}; trying again)`)
    } else if (isAway && connection === 'online') {
      isAway = false
      tell('(connected again)')
    }
  })
}

/** Calls back with the reason once there has been no connection for `ms` in one piece. Gives the function that ends it. */
export function onLongOutage(client: BatonClient, ms: number, giveUp: (error: ClientError) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = () => {
    const why = client.state.error?.message ?? 'the connection was lost'
    giveUp(new ClientError('disconnected', `${why}; given up after ${Math.round(ms / 1000)} s`))
  }
  const look = ({ connection }: ClientState) => {
    if (connection !== 'online') timer ??= setTimeout(late, ms)
    else {
      clearTimeout(timer)
      timer = undefined
    }
  }
  const unsubscribe = client.subscribe(look)
  look(client.state)
  return () => {
    unsubscribe()
    clearTimeout(timer)
  }
}
