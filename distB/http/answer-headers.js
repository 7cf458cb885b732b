/** What every answer says of itself where its route does not say otherwise: talks are nobody's to cache, sniff or refer to. */
export const ANSWER_HEADERS = {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
};
export function setAnswerHeaders(app) {
    app.addHook('onRequest', async (_request, reply) => {
        reply.headers(ANSWER_HEADERS);
    });
}
//# sourceMappingURL=answer-headers.js.map