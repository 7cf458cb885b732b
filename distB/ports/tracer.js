export const noTrace = { takenOver() { }, firstText() { }, retried() { }, ended() { } };
export const noTracer = { own: () => noTrace, async close() { } };
//# sourceMappingURL=tracer.js.map