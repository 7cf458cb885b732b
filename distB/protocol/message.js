/** The message of the product contract (rules M and D): what a session holds, what every transport carries. */
export {};
//# sourceMappingURL=message.js.map