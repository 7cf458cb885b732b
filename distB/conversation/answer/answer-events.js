export {};
//# sourceMappingURL=answer-events.js.map