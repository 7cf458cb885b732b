export {};
//# sourceMappingURL=held-session.js.map