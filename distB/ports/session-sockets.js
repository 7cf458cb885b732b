export {};
//# sourceMappingURL=session-sockets.js.map