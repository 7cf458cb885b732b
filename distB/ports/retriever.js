export const noRetriever = { retrieve: async () => [] };
//# sourceMappingURL=retriever.js.map