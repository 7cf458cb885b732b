import { type Settings } from '../config/settings.ts';
import type { Build } from '../ports/build.ts';
import { type Tracer } from '../ports/tracer.ts';
export type TraceSettings = Pick<Settings, 'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_SERVICE_NAME' | 'OPENAI_BASE_URL' | 'LLM_MODEL'>;
/** Where `OTEL_EXPORTER_OTLP_ENDPOINT` says nothing, no package is loaded and nothing is traced. */
export declare function createTracer(settings: TraceSettings, replica: string, build: Build): Promise<Tracer>;
