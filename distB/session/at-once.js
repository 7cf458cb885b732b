/** Empties `queue` from its end with `work`, `count` at a time. Rejects with what it rejects with first. */
export async function atOnce(count, queue, work) {
    const worker = async () => {
        for (let next = queue.pop(); next !== undefined; next = queue.pop())
            await work(next);
    };
    await Promise.all(Array.from({ length: Math.min(count, queue.length) }, worker));
}
//# sourceMappingURL=at-once.js.map