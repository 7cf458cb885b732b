import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface HostPageOptions {
  /** Where the widget's script comes from. */
  readonly gateway: string
  /** Attributes of the script's element. */
  readonly attributes?: string
  /** What else is in the page's body. */
  readonly body?: string
  /** Attributes of the page's `html`. */
  readonly html?: string
  /** A content security policy without anything `unsafe`, and with Trusted Types; true by default. */
  readonly strict?: boolean
}

/** A web site on an origin of its own, 127.0.0.1 with another port, that embeds the widget. */
export class HostPage {
  readonly #server = createServer((request, response) => {
    const page = request.url === '/' ? this.#page : null
    response.statusCode = page === null ? 404 : 200
    response.setHeader('content-type', 'text/html; charset=utf-8')
    if (page !== null && this.#policy !== '') response.setHeader('content-security-policy', this.#policy)
    response.end(page ?? '')
  })
  #page = ''
  #policy = ''

  static async start(): Promise<HostPage> {
    const host = new HostPage()
    host.#server.listen(0, '127.0.0.1')
    await once(host.#server, 'listening')
    return host
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`
  }

  /** What is served from now on. `connects`: other places that its policy lets it connect to. */
  embed(options: HostPageOptions, connects: readonly string[] = []): void {
    const { gateway, attributes = 'data-launcher', body = '', html = 'lang="en"', strict = true } = options
    const places = [gateway, ...connects].flatMap((url) => [url, url.replace(/^http/, 'ws')])
    this.#policy = strict
      ? [
          "default-src 'none'",
          `script-src ${gateway}`,
          `connect-src ${places.join(' ')}`,
          'img-src data:', // the page's own icon
          "base-uri 'none'",
          "form-action 'none'",
          "require-trusted-types-for 'script'",
          'trusted-types lit-html',
        ].join('; ')
      : ''
    this.#page = `<!doctype html>
<html ${html}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<link rel="icon" href="data:,">
<title>A site</title>
<script type="module" src="${gateway}/widget.js" ${attributes}></script>
</head>
<body><main><h1>A site</h1><p>with words of its own.</p>${body}</main></body>
</html>`
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }
}
