const WHY = {
    gone: 'the replica that wrote this answer is gone, and no other can go on with it; regenerate it',
    lost: 'what the store held of this answer was lost; regenerate it',
    yielded: 'another answer of this conversation was begun meanwhile; regenerate it',
};
/** What `metadata.error` of an answer says that ends for this reason (F4). */
export function interrupted(why) {
    return { code: 'interrupted', message: WHY[why], retryable: true };
}
//# sourceMappingURL=interruptions.js.map