import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { ResponseBody } from './response-body.ts';
export interface HttpRequest {
    readonly method: 'GET' | 'POST';
    readonly url: URL;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | null;
}
/** What came back, once its headers are there. The body is read by nobody yet. */
export interface HttpReply {
    readonly status: number;
    readonly headers: IncomingHttpHeaders;
    readonly body: ResponseBody;
}
/**
 * Sends a request and gives the reply, of whatever status. Its body is left as undici gives it: web streams would cost a quarter
 * of what the gateway spends on a token (docs/performance.md). 307 and 308 are followed with the same method and body, and no
 * credentials to another origin; other redirects are replies like any other. An abort of `signal` ends it at any time.
 */
export declare function send(dispatcher: Dispatcher, request: HttpRequest, signal: AbortSignal): Promise<HttpReply>;
