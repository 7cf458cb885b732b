import { createHash, randomBytes } from 'node:crypto';
import { SettingsError } from '../config/settings.js';
import { noTracer } from '../ports/tracer.js';
import { digestOf } from './log.js';
/** What a replica had not sent goes with it where it is killed. */
const SENT_EVERY_MS = 1000;
/** What a replica that ends gives to whoever takes the traces. */
const LAST_WORDS_MS = 2000;
/** Where `OTEL_EXPORTER_OTLP_ENDPOINT` says nothing, no package is loaded and nothing is traced. */
export async function createTracer(settings, replica, build) {
    const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = settings;
    return endpoint === undefined ? noTracer : new OtlpTracer(await load(), settings, endpoint, replica, build);
}
async function load() {
    try {
        return {
            ...(await import('@opentelemetry/api')),
            ...(await import('@opentelemetry/exporter-trace-otlp-http')),
            ...(await import('@opentelemetry/resources')),
            ...(await import('@opentelemetry/sdk-trace')),
        };
    }
    catch (cause) {
        throw new SettingsError('OTEL_EXPORTER_OTLP_ENDPOINT: needs OpenTelemetry. Install @opentelemetry/api, @opentelemetry/sdk-trace, @opentelemetry/resources and @opentelemetry/exporter-trace-otlp-http', { cause });
    }
}
/** Ids as the SDK makes them, but for a span that was promised to others before it began. */
class Ids {
    #promised = null;
    /** The span that `start` starts has these. */
    as(traceId, spanId, start) {
        this.#promised = { traceId, spanId };
        try {
            return start();
        }
        finally {
            this.#promised = null;
        }
    }
    generateTraceId() {
        return this.#promised?.traceId ?? randomBytes(16).toString('hex');
    }
    generateSpanId() {
        return this.#promised?.spanId ?? randomBytes(8).toString('hex');
    }
}
/**
 * Each answer is a trace of its own, with the answer's id as trace id: no owner has to be told it. Each owner adds a span for
 * its work with the model, in the names of OpenTelemetry's conventions for generative AI; whoever stores the end adds the span
 * above them. Of what is said in a session nothing is told, of its id a digest.
 */
class OtlpTracer {
    #sdk;
    #provider;
    #tracer;
    #ids = new Ids();
    #replica;
    #model;
    #vendor;
    constructor(sdk, settings, endpoint, replica, build) {
        const { OTEL_SERVICE_NAME, OPENAI_BASE_URL, LLM_MODEL } = settings;
        this.#sdk = sdk;
        this.#replica = replica;
        this.#model = LLM_MODEL;
        this.#vendor = OPENAI_BASE_URL === undefined ? 'openai' : new URL(OPENAI_BASE_URL).hostname;
        const exporter = new sdk.OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
        this.#provider = new sdk.TracerProvider({
            resource: sdk.resourceFromAttributes({
                'service.name': OTEL_SERVICE_NAME,
                'service.version': build.version,
                'service.instance.id': replica,
            }),
            idGenerator: this.#ids,
            spanProcessors: [new sdk.BatchSpanProcessor({ exporter, scheduledDelayMillis: SENT_EVERY_MS })],
        });
        this.#tracer = this.#provider.getTracer('baton', build.version);
    }
    own(answer) {
        const { trace, ROOT_CONTEXT, SpanKind, TraceFlags } = this.#sdk;
        const traceId = answer.messageId.replaceAll('-', '');
        const spanId = rootOf(answer);
        const root = { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
        const span = this.#tracer.startSpan(`chat ${this.#model}`, {
            kind: SpanKind.CLIENT,
            attributes: {
                'gen_ai.operation.name': 'chat',
                'gen_ai.provider.name': this.#vendor,
                'gen_ai.request.model': this.#model,
                'gen_ai.request.stream': true,
                'gen_ai.conversation.id': digestOf(answer.sessionId),
                'baton.replica': this.#replica,
            },
        }, trace.setSpanContext(ROOT_CONTEXT, root));
        return new OwnersTrace(span, this.#sdk, (message) => this.#end(answer, message, traceId, spanId));
    }
    #end(answer, message, traceId, spanId) {
        const { ROOT_CONTEXT, SpanKind } = this.#sdk;
        const options = { kind: SpanKind.SERVER, startTime: new Date(answer.createdAt) };
        const span = this.#ids.as(traceId, spanId, () => this.#tracer.startSpan('answer', options, ROOT_CONTEXT));
        const { replicas } = message.metadata;
        span.setAttributes({
            'gen_ai.conversation.id': digestOf(answer.sessionId),
            'baton.message.id': message.id,
            'baton.message.attempt': message.attempt,
            'baton.message.status': message.status,
            'baton.replicas': Array.isArray(replicas) ? replicas.map(String) : [],
        });
        fail(span, this.#sdk, message);
        span.end();
    }
    async close() {
        const late = new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS).unref());
        await Promise.race([this.#provider.shutdown(), late]);
    }
}
/** The id of the span above those of all owners. */
function rootOf({ messageId, createdAt }) {
    return createHash('sha256').update(`${messageId} ${createdAt}`).digest('hex').slice(0, 16);
}
class OwnersTrace {
    #span;
    #sdk;
    #onEnd;
    #since = performance.now();
    #hasText = false;
    constructor(span, sdk, onEnd) {
        this.#span = span;
        this.#sdk = sdk;
        this.#onEnd = onEnd;
    }
    takenOver(from, cause, outcome) {
        this.#span.setAttributes({
            'baton.takeover.from': from,
            'baton.takeover.cause': cause,
            'baton.takeover.outcome': outcome,
        });
    }
    firstText() {
        if (this.#hasText)
            return;
        this.#hasText = true;
        this.#span.setAttributes({ 'gen_ai.response.time_to_first_chunk': (performance.now() - this.#since) / 1000 });
    }
    retried({ message }) {
        this.#span.addEvent('retry', { 'exception.message': message });
    }
    ended(message, usage) {
        if (message !== null) {
            const { finish_reason } = message.metadata;
            const input = Number(usage.prompt_tokens ?? usage.input_tokens ?? 0);
            const output = Number(usage.completion_tokens ?? usage.output_tokens ?? 0);
            this.#span.setAttributes({
                ...(typeof finish_reason === 'string' && { 'gen_ai.response.finish_reasons': [finish_reason] }),
                ...(input + output > 0 && { 'gen_ai.usage.input_tokens': input, 'gen_ai.usage.output_tokens': output }),
            });
            fail(this.#span, this.#sdk, message);
        }
        this.#span.end();
        if (message !== null)
            this.#onEnd(message);
    }
}
/** Says of the span of an answer that ended as an error what went wrong, in the words that its clients were told. */
function fail(span, { SpanStatusCode }, { status, metadata }) {
    if (status !== 'error')
        return;
    const { code, message } = (metadata.error ?? {});
    span.setAttributes({ 'error.type': String(code) });
    span.setStatus({ code: SpanStatusCode.ERROR, message: String(message) });
}
//# sourceMappingURL=traces.js.map