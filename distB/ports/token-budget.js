export const noBudget = { exhausted: async () => null, spend() { } };
//# sourceMappingURL=token-budget.js.map