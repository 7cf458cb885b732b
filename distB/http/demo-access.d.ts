import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
/**
 * Who may look at the stage and kill what stands on it (W5): somebody on this machine, through this very page. Each of
 * these is there against an attack:
 * - The client, and every proxy that passed the request on, has a loopback address: no remote client, also where a proxy's
 *   word is trusted that it should not be.
 * - `Host` is this machine's loopback: no foreign name that was made to resolve to 127.0.0.1 (DNS rebinding).
 * - `Origin` is that host, and the browser says that the page is of the same origin: no other site in the same browser.
 */
export declare function demoAccess(trusted: readonly string[]): (request: IncomingMessage) => boolean;
/** No `Origin` and no `Sec-Fetch-Site` come from no browser. `none`: typed into the address bar. */
export declare function isSameOrigin({ origin, host, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean;
