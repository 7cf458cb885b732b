import { BatonClient } from '@baton-chat/client'
import { readable } from 'svelte/store'

/** A conversation for a component: the store's value is new after every change. It is connected while somebody subscribes in a browser. */
export function baton(options) {
  const client = new BatonClient(options)
  const state = readable(client.state, (set) => {
    const unsubscribe = client.subscribe(set)
    if (typeof window !== 'undefined') client.open().catch(() => {}) // why it failed is in the state
    return () => {
      unsubscribe()
      client.close()
    }
  })
  return { client, state }
}
