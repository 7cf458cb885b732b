export {};
//# sourceMappingURL=subscriber.js.map