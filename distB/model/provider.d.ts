import type { readSettings } from '../config/settings.ts';
import type { Log } from '../ports/log.ts';
import { type Meter } from '../ports/meter.ts';
import type { ExchangeLimits } from './exchange.ts';
import type { ResponseBody } from './response-body.ts';
export type ModelSettings = ReturnType<typeof readSettings>;
/** A request to the provider, under its base URL. */
export interface ProviderRequest {
    readonly method?: 'POST';
    readonly path: string;
    readonly query?: Readonly<Record<string, string>>;
    /** Sent as JSON, by POST. */
    readonly body?: object;
    readonly headers?: Readonly<Record<string, string>>;
}
/** The connections to the model's provider: addresses, authentication, refusals. */
export declare class Provider {
    #private;
    readonly log: Log;
    readonly limits: ExchangeLimits;
    constructor(settings: ModelSettings, log: Log, meter: Meter);
    /** Gives the body of the reply to a request. Rejects with a `Refusal` where the status is none of success. */
    ask(request: ProviderRequest, signal: AbortSignal): Promise<ResponseBody>;
    /** What a failed request, a body that broke off or a refusal is to the caller; a refusal's words go to the operator's log. */
    failure(thrown: unknown): unknown;
    /** Work that nobody waits for but `close`, a little. It must not reject. */
    farewell(work: Promise<unknown>): void;
    close(): Promise<void>;
}
