import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { httpProbe, watchHealth } from '../../src/stack/health.ts'

test('[R2] says once that a process which used to answer has been silent for the time', async () => {
  let silent = false
  const server = await serve((_, response) => {
    if (!silent) response.end('ok')
  })
  const onSilent = vi.fn()
  const watch = watchHealth(server.url, 200, onSilent, aborted().signal)
  await vi.waitFor(() => expect(server.asked).toBeGreaterThan(2))
  expect(onSilent).not.toHaveBeenCalled()

  silent = true
  const since = performance.now()
  await watch
  expect(onSilent).toHaveBeenCalledTimes(1)
  expect(performance.now() - since).toBeGreaterThan(150)
})

test('[R2] a refused connection is silence, an error page is none', async () => {
  const server = await serve((_, response) => response.writeHead(500).end())
  const onSilent = vi.fn()
  const watch = watchHealth(server.url, 200, onSilent, aborted().signal)
  await vi.waitFor(() => expect(server.asked).toBeGreaterThan(5))
  expect(onSilent).not.toHaveBeenCalled()
  await server.close()
  await watch
  expect(onSilent).toHaveBeenCalledTimes(1)
})

test('one that has only just started is given more time', async () => {
  const server = await serve((_, response) => response.end())
  await server.close()
  const onSilent = vi.fn()
  const stop = aborted()
  const watch = watchHealth(server.url, 100, onSilent, stop.signal)
  await sleep(400) // Four times what a process that used to answer would be given.
  expect(onSilent).not.toHaveBeenCalled()
  stop.abort()
  await watch
  expect(onSilent).not.toHaveBeenCalled()
})

test('the probe says which address answers what', async () => {
  const server = await serve((request, response) => response.writeHead(request.url === '/readyz' ? 503 : 200).end())
  const base = new URL('/', server.url).href
  await expect(httpProbe(`${base}healthz`)()).resolves.toBeUndefined()
  await expect(httpProbe(`${base}healthz`, `${base}readyz`)()).rejects.toThrow('/readyz answers 503')
  await server.close()
  await expect(httpProbe(`${base}healthz`)()).rejects.toThrow('/healthz does not answer yet')
})

async function serve(answer: RequestListener) {
  const server = createServer((request, response) => {
    running.asked += 1
    answer(request, response)
  }).listen(0, '127.0.0.1')
  const running = { asked: 0, url: '', close: () => close(server) }
  onTestFinished(() => close(server))
  await once(server, 'listening')
  running.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthz`
  return running
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}

function aborted(): AbortController {
  const controller = new AbortController()
  onTestFinished(() => controller.abort())
  return controller
}
