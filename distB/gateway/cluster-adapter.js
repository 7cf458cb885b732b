import { createShardedAdapter } from '@socket.io/redis-adapter';
/** What Baton sends, by Socket.IO's numbers: an event to a room, and that its sockets leave it. */
const [BROADCAST, SOCKETS_LEAVE] = [3, 5];
/**
 * One channel for all: of what the adapter carries there is only the end of a session that somebody clears, while a channel
 * per session would cost every `session:open` a subscription. What else comes is no replica's: much of it would have the
 * adapter answer, and what throws then is caught by nobody (X6).
 */
export function shardedAdapter({ publisher, subscriber, channelPrefix }) {
    const create = createShardedAdapter(publisher, subscriber, { subscriptionMode: 'static', channelPrefix });
    // Called as a constructor, which no arrow function can be.
    return function adapterOf(nsp) {
        const adapter = create(nsp);
        const inner = adapter;
        const take = inner.onMessage.bind(adapter);
        inner.onMessage = (message) => {
            const isOurs = [BROADCAST, SOCKETS_LEAVE].includes(message.type) && message.data?.requestId === undefined;
            if (!isOurs)
                throw new Error('it is of a kind that no replica sends');
            take(message);
        };
        inner.onResponse = () => { };
        return adapter;
    };
}
//# sourceMappingURL=cluster-adapter.js.map