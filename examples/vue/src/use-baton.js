import { BatonClient } from '@baton-chat/client'
import { onMounted, onScopeDispose, shallowRef } from 'vue'

/** A conversation for a component: `state` is new after every change. It is connected while the component is mounted. */
export function useBaton(options) {
  const client = new BatonClient(options)
  const state = shallowRef(client.state)
  const unsubscribe = client.subscribe((now) => {
    state.value = now
  })
  onMounted(() => client.open().catch(() => {})) // why it failed is in the state
  onScopeDispose(() => {
    unsubscribe()
    client.close()
  })
  return { client, state }
}
