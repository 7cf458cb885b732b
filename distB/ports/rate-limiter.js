export const nothingTaken = async () => { };
export const noLimit = { take: async () => nothingTaken };
//# sourceMappingURL=rate-limiter.js.map