export {};
//# sourceMappingURL=event-reader.js.map