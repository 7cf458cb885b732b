import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { METHODS } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { MAX_FRAME_BYTES } from '../../src/protocol/limits.ts'
import { eventually, within } from '../support/conditions.ts'
import { RawConnection } from '../support/raw-connection.ts'
import { type Called, startHttp, temporaryDirectory } from './http-fixture.ts'

function expectContractShape({ body, headers }: Called): void {
  expect(headers.get('content-type')).toMatch(/^application\/json/)
  expect(body).toEqual({
    error: expect.objectContaining({
      code: expect.any(String),
      message: expect.any(String),
      retryable: expect.any(Boolean),
    }),
  })
  expect(JSON.stringify(body)).not.toMatch(/node_modules|FST_ERR|\\n\s+at /)
}

/** The status of a POST whose body of 4 MB goes on while the answer comes, read once all of it is written. */
async function statusOfLargePost(url: string, target: string, lines: readonly string[]): Promise<number> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  const failed = once(socket, 'error').then(([error]) => Promise.reject(error))
  const write = async () => {
    const head = [`POST ${target} HTTP/1.1`, 'host: x', 'content-type: application/json', ...lines, '', '']
    socket.write(head.join('\r\n'))
    const piece = Buffer.alloc(40_000, 'x')
    const chunked = lines.includes('transfer-encoding: chunked')
    for (let sent = 0; sent < 4_000_000; sent += piece.length) {
      const chunk = chunked ? Buffer.concat([Buffer.from('9c40\r\n'), piece, Buffer.from('\r\n')]) : piece
      if (!socket.write(chunk)) await once(socket, 'drain')
    }
    if (chunked) socket.write('0\r\n\r\n')
    const [answer] = (await once(socket, 'data')) as [Buffer]
    return Number(/^HTTP\/1\.1 (\d+) /.exec(answer.toString())?.[1])
  }
  try {
    return await within('the answer comes', Promise.race([write(), failed]))
  } finally {
    socket.destroy()
  }
}

describe('[X1] errors have the contract’s shape', () => {
  test('unknown routes', async () => {
    const { call } = await startHttp()
    for (const [method, path] of [
      ['GET', '/nowhere'],
      ['GET', '/'],
      ['PUT', '/api/chat'],
      ['GET', '/../../etc/passwd'],
      ['GET', '/index.html%00.js'],
      ['GET', `/${'x'.repeat(10_000)}`],
    ] as const) {
      const called = await call(method, path)
      expect(called, `${method} ${path}`).toMatchObject({
        status: 404,
        body: { error: { code: 'invalid', retryable: false } },
      })
      expectContractShape(called)
    }
    for (const path of ['/%zz', '/api/chat/sessions/%E0%A4%A']) {
      const bad = await call('GET', path)
      expect(bad, path).toMatchObject({ status: 400, body: { error: { message: expect.stringMatching(/^path: /) } } })
      expectContractShape(bad)
    }
    const long = await call('GET', `/api/chat/sessions/${'x'.repeat(20_000)}/history`)
    expect(long).toMatchObject({ status: 400, body: { error: { code: 'invalid', retryable: false } } })
    expect(long.body.error.message).toBe('path: a part of it is longer than 16384 characters')
    expectContractShape(long)
  })

  test('[H] a path by a method that it does not have: 405, and those that it has', async () => {
    const { call } = await startHttp()
    for (const [method, path, allow] of [
      ['PUT', '/api/chat/sessions', 'GET, HEAD, POST'],
      ['PATCH', '/healthz', 'GET, HEAD'],
      ['POST', '/healthz', 'GET, HEAD'],
      ['DELETE', '/api/send-message', 'POST'],
      ['HEAD', '/api/send-message', 'POST'],
      ['GET', `/api/chat/sessions/${randomUUID()}/messages`, 'POST'],
      ['POST', `/api/chat/sessions/${randomUUID()}`, 'DELETE, GET, HEAD'],
    ] as const) {
      const called = await call(method, path, method === 'GET' || method === 'HEAD' ? undefined : '{')
      expect(called.status, `${method} ${path}`).toBe(405)
      expect(called.headers.get('allow')).toBe(allow)
      if (method === 'HEAD') continue
      expectContractShape(called)
      expect(called.body.error).toMatchObject({ code: 'invalid', message: expect.stringMatching(/^method: /) })
    }
  })

  test('[H] so it is by the methods of other protocols, and where there is no such path it is 404; in metrics they are one', async () => {
    const { url, call } = await startHttp()
    const unusual = METHODS.filter((method) => !/^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT)$/.test(method))
    expect(unusual).toContain('PROPFIND')
    for (const method of unusual) {
      for (const [path, status, allow] of [
        [`/api/chat/sessions/${randomUUID()}`, 405, 'DELETE, GET, HEAD'],
        ['/nowhere', 404, undefined],
      ] as const) {
        const connection = await RawConnection.open(url)
        connection.write(`${method} ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
        await connection.closed()
        const [head = '', body = ''] = connection.read.split('\r\n\r\n')
        expect([method, Number(head.split(' ')[1]), /^allow: (.*)$/im.exec(head)?.[1]]).toEqual([method, status, allow])
        const message = expect.stringMatching(status === 405 ? /^method: / : /^no such route: /)
        expect(JSON.parse(body)).toMatchObject({ error: { code: 'invalid', message } })
      }
    }
    const metrics = (await call('GET', '/metrics')).body
    expect(metrics).not.toMatch(/method="(PROPFIND|QUERY|TRACE)"/)
    expect(metrics).toMatch(/baton_http_requests_total\{method="other",route="none",status="404",replica="r1"\} \d+/)
    expect(metrics).toContain(`baton_errors_total{code="invalid",replica="r1"} ${2 * unusual.length}\n`)
  })

  test('[H] HEAD gives what GET gives, without the body', async () => {
    const publicDir = temporaryDirectory()
    writeFileSync(join(publicDir, 'index.html'), '<!doctype html>')
    for (const env of [{}, { DEMO: '1' }]) {
      const { call, newSession, url, model } = await startHttp(env, { publicDir })
      const id = await newSession()
      const path = `/api/chat/sessions/${id}`
      const routes = ['/healthz', '/readyz', '/metrics', '/openapi.json', '/', '/api/chat/sessions?user_id=ann', path]
      const others = [`${path}/history`, `${path}/stream`, `/api/session/${id}/history`, `/api/session/${id}/validate`]
      for (const route of [...routes, ...others, '/nowhere', `/api/chat/sessions/${randomUUID()}`]) {
        const [get, head] = [await call('GET', route), await call('HEAD', route)]
        expect(head.status, route).toBe(get.status)
        expect(head.headers.get('content-type'), route).toBe(get.headers.get('content-type'))
        expect(head.body, route).toBe('')
      }
      const asked = model.next()
      const answered = call('POST', `${path}/messages`, { message: 'hello' })
      const { end } = await asked
      const running = await fetch(`${url}${path}/stream`, { method: 'HEAD' })
      expect(running.status).toBe(200)
      expect(running.headers.get('content-type')).toMatch(/^text\/event-stream/)
      end()
      await answered
    }
  })

  test('bodies that are none', async () => {
    const { call, newSession } = await startHttp()
    const path = `/api/chat/sessions/${await newSession()}/messages`
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'garbage', 'application/xml']) {
      const refused = await call('POST', path, 'message=x', { 'content-type': type })
      expect(refused, type).toMatchObject({ status: 400, body: { error: { code: 'invalid' } } })
      expect(refused.body.error.message).toMatch(/^content-type: /)
      expectContractShape(refused)
    }
    for (const body of ['{', 'undefined', '{"message": NaN}', '\u0000', '"x"', '[1,2', '7']) {
      const refused = await call('POST', path, body)
      expect(refused, body).toMatchObject({ status: 400, body: { error: { code: 'invalid' } } })
      expect(refused.body.error.message).toMatch(/^(body|payload): /)
      expectContractShape(refused)
    }
  })

  test('[X1] a body in another charset, packed, or no UTF-8 is refused by the field that is wrong, and never stored garbled', async () => {
    const { url, call, newSession } = await startHttp()
    const path = `/api/chat/sessions/${await newSession()}/messages`
    const words = '{"message":"Grüße"}'
    const post = async (body: Uint8Array<ArrayBuffer>, type: string, headers = {}, to = path) => {
      const init = { method: 'POST', body, headers: { 'content-type': type, ...headers } }
      const reply = await fetch(url + to, init)
      return { status: reply.status, headers: reply.headers, body: await reply.json() }
    }
    const json = 'application/json'
    const utf8 = Buffer.from(words)
    const latin1 = Buffer.from(words, 'latin1')
    const utf16 = Buffer.from(words, 'utf16le')
    const packed = { 'content-encoding': 'gzip' }
    const charset = 'content-type: charset must be utf-8'
    for (const [body, type, headers, message] of [
      [latin1, `${json}; charset=ISO-8859-1`, {}, charset],
      [utf16, `${json};charset="utf-16"`, {}, charset],
      [utf8, `${json}; x=y; Charset=latin1`, {}, charset],
      [latin1, json, {}, 'body: is not valid UTF-8'],
      [latin1, `${json}; charset=utf-8`, {}, 'body: is not valid UTF-8'],
      [gzipSync(words), json, packed, 'content-encoding: must be identity'],
      [utf8, json, { 'content-encoding': 'br, identity' }, 'content-encoding: must be identity'],
    ] as const) {
      for (const to of [path, '/api/send-message']) {
        const refused = await post(Uint8Array.from(body), type, headers, to)
        expect(refused, `${type} ${to}`).toMatchObject({ status: 400, body: { error: { code: 'invalid', message } } })
        expectContractShape(refused)
      }
    }
    for (const type of [
      '; charset=utf-8',
      ';charset=UTF8',
      '; charset="utf-8"',
      '; charset=us-ascii',
      '; charset=',
      '',
    ]) {
      for (const body of [utf8, Buffer.from(`\ufeff${words}`)]) {
        const served = await post(Uint8Array.from(body), json + type, { 'content-encoding': 'Identity' })
        expect(served, type).toMatchObject({ status: 200, body: { user_message: 'Grüße' } })
      }
    }
    for (const headers of [packed, { 'content-type': `${json}; charset=latin1` }]) {
      expect((await call('POST', '/api/session/create', '', headers)).status).toBe(200)
    }
  })

  test('a body that is too large', async () => {
    const { call, newSession } = await startHttp()
    const path = `/api/chat/sessions/${await newSession()}/messages`
    const large = await call('POST', path, { message: 'x'.repeat(MAX_FRAME_BYTES) })
    expect(large).toMatchObject({ status: 413, body: { error: { code: 'too_large', retryable: false } } })
    expectContractShape(large)
  })

  test('[X1] a refusal reaches a client that still writes, ten times of ten', async () => {
    const { url, newSession } = await startHttp({ ALLOWED_ORIGINS: 'https://good.example' })
    const path = `/api/chat/sessions/${await newSession()}/messages`
    const cases = [
      { target: path, lines: ['content-length: 4000000'], status: 413 },
      { target: path, lines: ['content-length: 4000000', 'connection: close'], status: 413 },
      { target: path, lines: ['transfer-encoding: chunked'], status: 413 },
      { target: path, lines: ['content-length: 4000000', 'origin: https://evil.example'], status: 403 },
      { target: '/nowhere', lines: ['content-length: 4000000', 'connection: close'], status: 413 },
      { target: '/healthz', lines: ['content-length: 4000000', 'connection: close'], status: 405 },
    ]
    for (const { target, lines, status } of cases) {
      for (let time = 1; time <= 10; time++) {
        expect(await statusOfLargePost(url, target, lines), `${lines} ${time}`).toBe(status)
      }
    }
  })

  test('what goes wrong inside is internal, logged, and tells nothing', async () => {
    const { call, logged } = await startHttp(
      {},
      {
        readiness: () => {
          throw new Error('a secret of the inside')
        },
      },
    )
    const failed = await call('GET', '/readyz')
    expect(failed).toMatchObject({ status: 500, body: { error: { code: 'internal', retryable: true } } })
    expectContractShape(failed)
    expect(JSON.stringify(failed.body)).not.toContain('secret of the inside')
    expect(JSON.stringify(logged())).toContain('a secret of the inside')
    expect((await call('GET', '/metrics')).body).toMatch(/baton_errors_total\{code="internal",replica="r1"\} 1/)
  })

  test('a body is not needed where none is taken, whatever its type says', async () => {
    const { call } = await startHttp()
    for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain']) {
      expect((await call('POST', '/api/session/create', '', { 'content-type': type })).status, type).toBe(200)
      expect((await call('POST', '/api/chat/sessions', '', { 'content-type': type })).status, type).toBe(201)
    }
  })

  test('[X2] garbage instead of HTTP', async () => {
    const { url, call } = await startHttp()
    const { hostname, port } = new URL(url)
    for (const raw of ['garbage\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', '\u0016\u0003\u0001\u0002\u0000\u0001']) {
      const socket = connect(Number(port), hostname)
      socket.write(raw)
      const answer = Buffer.concat(await socket.toArray()).toString()
      expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
      expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n') + 4))).toMatchObject({ error: { code: 'invalid' } })
    }
    expect((await call('GET', '/healthz')).status).toBe(200)
  })
})

test('[X1] what Node itself would refuse without a word is refused as the contract has it, or served', async () => {
  const { url } = await startHttp()
  const ask = async (head: string) => {
    const connection = await RawConnection.open(url)
    connection.write(`${head}\r\nConnection: close\r\n\r\n`)
    await connection.closed()
    const [answer = '', body = ''] = connection.read.split('\r\n\r\n')
    return { status: Number(answer.split(' ')[1]), body: JSON.parse(body) }
  }
  expect(await ask('GET /healthz HTTP/1.1')).toMatchObject({
    status: 400,
    body: { error: { code: 'invalid', message: 'host: is missing' } },
  })
  for (const version of ['1.1', '1.0']) {
    expect(await ask(`GET /healthz HTTP/${version}\r\nHost: x\r\nhOST: x`)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid', message: 'host: must be there once' } },
    })
  }
  expect(await ask('GET /healthz HTTP/1.0')).toMatchObject({ status: 200 })
  expect(await ask('GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: nonsense')).toMatchObject({ status: 200 })
})

describe('[H] health and metrics', () => {
  test('alive, and ready', async () => {
    const { call } = await startHttp()
    expect(await call('GET', '/healthz')).toMatchObject({ status: 200, body: { status: 'ok', replica: 'r1' } })
    expect(await call('GET', '/readyz')).toMatchObject({
      status: 200,
      body: { status: 'ready', replica: 'r1', backend: 'memory' },
    })
  })

  test('[F5] not ready while draining, still alive', async () => {
    const { call } = await startHttp({}, { readiness: () => ({ ready: false, reason: 'draining' }) })
    const refused = await call('GET', '/readyz')
    expect(refused).toMatchObject({
      status: 503,
      body: { error: { code: 'overloaded', message: 'draining', retryable: true } },
    })
    expect((await call('GET', '/healthz')).status).toBe(200)
  })

  test('[G8] says what it is made from', async () => {
    const { call } = await startHttp()
    const { status, body } = await call('GET', '/version')
    expect({ status, body }).toEqual({
      status: 200,
      body: { version: '1.2.3', protocol: 7, node: process.versions.node },
    })
    const { body: series } = await call('GET', '/metrics')
    expect(series).toContain('baton_build_info{version="1.2.3",protocol="7",replica="r1"} 1\n')
  })

  test('metrics count what happened', async () => {
    const { call, newSession, model, store } = await startHttp()
    const id = await newSession()
    const asked = model.next()
    const answered = call('POST', `/api/chat/sessions/${id}/messages`, { message: 'hello' })
    const { say, end } = await asked
    say('some text')
    await eventually('the text is stored', () => store.peek(id)?.running?.text === 'some text')
    end()
    await answered
    await call('GET', '/api/chat/sessions')
    const { headers, body } = await call('GET', '/metrics')
    expect(headers.get('content-type')).toMatch(/^text\/plain/)
    const value = (series: string) => {
      const line = body.split('\n').find((line: string) => line.startsWith(`${series} `))
      return line === undefined ? undefined : Number(line.slice(series.length))
    }
    expect(value('baton_deltas_total{replica="r1"}')).toBe(1)
    expect(value('baton_answers_running{replica="r1"}')).toBe(0)
    expect(value('baton_connections{replica="r1"}')).toBe(0)
    expect(value('baton_append_duration_seconds_count{replica="r1"}')).toBeGreaterThan(0)
    expect(value('baton_append_batch_size_sum{replica="r1"}')).toBeGreaterThan(0)
    expect(value('baton_first_token_seconds_count{replica="r1"}')).toBe(1)
    expect(value('baton_slow_readers_total{replica="r1"}')).toBe(0)
    expect(value('baton_errors_total{code="invalid",replica="r1"}')).toBe(1)
    expect(value('baton_errors_total{code="internal",replica="r1"}')).toBe(0)
    expect(value('baton_answers_total{end="stop",replica="r1"}')).toBe(1)
    expect(value('baton_answer_duration_seconds_count{replica="r1"}')).toBe(1)
    const route = 'route="/api/chat/sessions/:id/messages"'
    expect(value(`baton_http_requests_total{method="POST",${route},status="200",replica="r1"}`)).toBe(1)
    expect(value(`baton_http_request_duration_seconds_count{replica="r1",${route}}`)).toBe(1)
    for (const name of [
      'baton_tokens_total',
      'baton_sessions_open',
      'baton_eventloop_lag_seconds_sum',
      'process_resident_memory_bytes',
    ]) {
      expect(value(`${name}{replica="r1"}`), name).toBeTypeOf('number')
    }
    expect(body).not.toContain('baton_redis_up')
  })
})

describe('the page', () => {
  test('is served with its files, checked again each time, under a strict policy', async () => {
    const publicDir = temporaryDirectory()
    writeFileSync(join(publicDir, 'index.html'), '<!doctype html><title>Baton</title>')
    writeFileSync(join(publicDir, 'page.js'), 'export {}')
    writeFileSync(join(publicDir, '.secret'), 'hidden')
    const { call } = await startHttp({}, { publicDir })
    const page = await call('GET', '/')
    expect(page.body).toContain('<title>Baton</title>')
    expect(page.headers.get('content-type')).toMatch(/^text\/html/)
    expect(page.headers.get('cache-control')).toBe('no-cache')
    expect(page.headers.get('x-content-type-options')).toBe('nosniff')
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("frame-ancestors 'self'")
    expect(policy).not.toContain('unsafe')

    const script = await call('GET', '/page.js', undefined, { origin: 'https://any.example' })
    expect(script.headers.get('content-type')).toMatch(/javascript/)
    expect(script.headers.get('access-control-allow-origin')).toBe('*')
    const etag = script.headers.get('etag') ?? ''
    expect(
      (await call('GET', '/page.js', undefined, { 'if-none-match': etag, 'cache-control': 'no-transform' })).status,
    ).toBe(304)
    for (const path of ['/.secret', '/%2e%2e/%2e%2e/etc/passwd', '/nothing.js']) {
      expect((await call('GET', path)).status, path).toBe(404)
    }
  })
})
