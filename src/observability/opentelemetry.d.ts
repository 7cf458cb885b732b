// What is used of OpenTelemetry's SDK. Its packages are optional: they are there where an operator has added them.

declare module '@opentelemetry/api' {
  export type Attributes = Readonly<Record<string, string | number | boolean | readonly string[]>>
  export interface SpanContext {
    readonly traceId: string
    readonly spanId: string
    readonly traceFlags: number
    readonly isRemote?: boolean
  }
  export interface Context {
    getValue(key: symbol): unknown
  }
  export interface Span {
    setAttributes(attributes: Attributes): this
    setStatus(status: { readonly code: number; readonly message?: string }): this
    addEvent(name: string, attributes?: Attributes): this
    end(): void
  }
  export interface Tracer {
    startSpan(
      name: string,
      options: { readonly kind?: number; readonly startTime?: Date; readonly attributes?: Attributes },
      context: Context,
    ): Span
  }
  export const ROOT_CONTEXT: Context
  export const SpanKind: { readonly SERVER: number; readonly CLIENT: number }
  export const SpanStatusCode: { readonly ERROR: number }
  export const TraceFlags: { readonly SAMPLED: number }
  export const trace: { setSpanContext(context: Context, spanContext: SpanContext): Context }
}

declare module '@opentelemetry/exporter-trace-otlp-http' {
  export class OTLPTraceExporter {
    constructor(options: { readonly url: string })
  }
}

declare module '@opentelemetry/resources' {
  export function resourceFromAttributes(attributes: import('@opentelemetry/api').Attributes): object
}

declare module '@opentelemetry/sdk-trace' {
  export class BatchSpanProcessor {
    constructor(options: { readonly exporter: object; readonly scheduledDelayMillis: number })
  }
  export class TracerProvider {
    constructor(options: {
      readonly resource: object
      readonly idGenerator: { generateTraceId(): string; generateSpanId(): string }
      readonly spanProcessors: readonly BatchSpanProcessor[]
    })
    getTracer(name: string, version: string): import('@opentelemetry/api').Tracer
    shutdown(): Promise<void>
  }
}
