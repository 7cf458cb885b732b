/** For a replica that is alone (STORE=memory). */
export const noMembership = {
    renew: async () => 1,
    leave: async () => { },
    track: async () => { },
    take: async () => { },
    untrack: async () => { },
    members: async () => [],
    liveness: async () => [],
    connected: async () => [],
    sessionsOf: async () => [],
    remove: async () => true,
};
//# sourceMappingURL=membership.js.map