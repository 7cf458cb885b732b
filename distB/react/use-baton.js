'use client';
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { IDLE } from '../client/client-state.js';
import { BatonClient } from '../client/index.js';
/**
 * One conversation with a gateway, connected while the component is mounted. Another `url`, `userId`, `resume` or
 * `storageKey` is another conversation; a `token` function may change with each render. A `BatonClient` instead of options
 * is shared and its owner's: it is opened, and never closed, here.
 */
export function useBaton(options = {}) {
    const client = useClient(options);
    const state = useSyncExternalStore(useCallback((changed) => client.subscribe(changed), [client]), () => client.state, 
    // What a server renders, and the first render in the browser repeats: neither has a connection or a storage yet.
    () => IDLE);
    return { ...state, client, ...useEarlier(client, state), ...useActions(client) };
}
function useClient(options) {
    const given = options instanceof BatonClient ? options : null;
    const { url, userId, resume, storageKey } = options instanceof BatonClient ? {} : options;
    const latest = useRef(options);
    useEffect(() => {
        latest.current = options;
    });
    // biome-ignore lint/correctness/useExhaustiveDependencies: the others are read once; a token is asked for anew by `latest`
    const client = useMemo(() => given ?? new BatonClient(withLatestToken(options, latest)), [given, url, userId, resume, storageKey]);
    useEffect(() => {
        client.open().catch(() => { }); // the state's `error` tells
        return () => {
            if (given === null)
                client.close();
        };
    }, [client, given]);
    return client;
}
function withLatestToken(options, latest) {
    if (typeof options.token !== 'function')
        return options;
    const { token } = options;
    const freshest = () => {
        const now = latest.current.token ?? token;
        return typeof now === 'function' ? now() : now;
    };
    return { ...options, token: freshest };
}
function useEarlier(client, { messages, session }) {
    /** The session for which the gateway has said that nothing comes before what is held. */
    const [exhausted, setExhausted] = useState(null);
    const loadEarlier = useCallback(async (limit) => {
        const hasMore = await client.history(undefined, limit);
        if (!hasMore)
            setExhausted(client.state.session?.id ?? null);
    }, [client]);
    const first = messages[0];
    return { hasEarlier: first !== undefined && first.seq > 1 && session?.id !== exhausted, loadEarlier };
}
function useActions(client) {
    return useMemo(() => ({
        send: client.send.bind(client),
        stop: client.stop.bind(client),
        regenerate: client.regenerate.bind(client),
        retry: client.retry.bind(client),
        discard: client.discard.bind(client),
        clear: client.clear.bind(client),
        newConversation: client.newConversation.bind(client),
        switchTo: client.switchTo.bind(client),
    }), [client]);
}
//# sourceMappingURL=use-baton.js.map