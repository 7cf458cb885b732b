export {};
//# sourceMappingURL=strings.js.map