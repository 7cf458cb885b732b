import { DestroyRef, inject, type Signal, signal } from '@angular/core'
import { BatonClient, type BatonClientOptions, type ClientState } from '@baton-chat/client'

/** A conversation for a component: `state` is new after every change. It is connected while the component is there in a browser. */
export function injectBaton(options: BatonClientOptions): { client: BatonClient; state: Signal<ClientState> } {
  const client = new BatonClient(options)
  const state = signal(client.state)
  const unsubscribe = client.subscribe((now) => state.set(now))
  if (typeof window !== 'undefined') client.open().catch(() => {}) // why it failed is in the state
  inject(DestroyRef).onDestroy(() => {
    unsubscribe()
    client.close()
  })
  return { client, state: state.asReadonly() }
}
