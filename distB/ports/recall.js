export {};
//# sourceMappingURL=recall.js.map