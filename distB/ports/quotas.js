import { nothingTaken } from './rate-limiter.js';
export const noQuotas = {
    beginAnswer: async () => nothingTaken,
    endAnswer() { },
    makeSession: async () => nothingTaken,
};
//# sourceMappingURL=quotas.js.map