/**
 * The check of `ALLOWED_ORIGINS` (X4), for the WebSocket upgrade and for CORS alike. Origins are compared exactly; `*`
 * admits any, also the `null` of sandboxed frames and files. No `Origin` at all comes from no browser and is let in.
 */
export declare function originAllowed(allowed: readonly string[]): (origin: string | undefined) => boolean;
