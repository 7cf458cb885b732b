export const silentLog = { debug() { }, info() { }, warn() { }, error() { } };
//# sourceMappingURL=log.js.map