import { createElement, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { type BatonClientOptions, useBaton } from '../../src/react/index.ts'

/** Says why the gateway refuses, or else how the connection is. A click tries again. */
function View({ options }: { options: BatonClientOptions }) {
  const baton = useBaton(options)
  const { client, connection, error } = baton
  Object.assign(window, { baton })
  const onClick = () => client.open().catch(() => {})
  return createElement('output', { onClick }, connection === 'offline' ? error?.code : connection)
}

const root = createRoot(document.body.appendChild(document.createElement('main')))
const show = (options: BatonClientOptions) =>
  root.render(createElement(StrictMode, null, createElement(View, { options })))
Object.assign(window, { show })
