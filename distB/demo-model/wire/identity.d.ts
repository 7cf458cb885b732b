/** What `GET /v1/models` lists. A request may name any model; the answer carries the name that was asked for. */
export declare const MODEL_NAME = "baton-demo";
/** `chatcmpl-…`, `resp_…`, `msg_…`: unguessable, as the provider's are. */
export declare function newId(prefix: string): string;
/** Unix time in seconds, as the wire writes `created`. */
export declare function secondsNow(): number;
