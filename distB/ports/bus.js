/** For a replica that is alone (STORE=memory). */
export const noBus = { send() { }, receive() { }, onUnreached() { }, close: async () => { } };
//# sourceMappingURL=bus.js.map