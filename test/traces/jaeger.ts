import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { freePorts } from '../../src/stack/ports.ts'
import { eventually } from '../support/conditions.ts'
import { buildTool, toolOf } from '../support/go-tools.ts'

/** The program, where `npm run traces` has built it. */
export const jaegerProgram = toolOf('jaeger')

/** Jaeger 2.13: its Go module has the number that version 1 would have. About five minutes on two cores, once. */
export const buildJaeger = () => buildTool('jaeger', 'github.com/jaegertracing/jaeger', 'v1.76.0', 'cmd/jaeger')

/** A span as Jaeger's HTTP API has it, its tags as an object. */
export interface JaegerSpan {
  readonly name: string
  readonly id: string
  readonly parent: string | undefined
  readonly tags: Readonly<Record<string, unknown>>
}

// biome-ignore lint/suspicious/noExplicitAny: JSON as it comes; what a test looks at, it checks
type Json = any

/** A real Jaeger, with its traces in memory. */
export class Jaeger {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly endpoint: string
  readonly #api: string
  readonly #child: ChildProcess

  static async start(): Promise<Jaeger> {
    const [otlp = 0, query = 0] = await freePorts(2)
    const jaeger = new Jaeger(otlp, query)
    await eventually('Jaeger answers', async () => {
      if (jaeger.#child.exitCode !== null) throw new Error('Jaeger did not start')
      return (await fetch(`${jaeger.#api}/services`).catch(() => undefined))?.ok
    })
    return jaeger
  }

  private constructor(otlp: number, query: number) {
    this.endpoint = `http://127.0.0.1:${otlp}`
    this.#api = `http://127.0.0.1:${query}/api`
    this.#child = spawn(jaegerProgram, ['--config', join(import.meta.dirname, 'jaeger.yaml')], {
      env: { ...process.env, OTLP_PORT: String(otlp), QUERY_PORT: String(query) },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }

  /** The spans of each trace of a service. */
  async traces(service: string): Promise<JaegerSpan[][]> {
    return tracesIn(await (await fetch(`${this.#api}/traces?service=${service}&limit=100`)).json())
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }
}

/** The spans of each trace in a reply of /api/traces. */
export const tracesIn = ({ data }: Json): JaegerSpan[][] =>
  data.map(({ spans }: Json) =>
    spans.map(
      ({ operationName, spanID, references, tags }: Json): JaegerSpan => ({
        name: operationName,
        id: spanID,
        parent: references[0]?.spanID,
        tags: Object.fromEntries(tags.map(({ key, value }: Json) => [key, value])),
      }),
    ),
  )
