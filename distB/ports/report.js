/** Of one list in a report. */
export const MAX_REPORTED = 100;
/** What the proof of an order is made of: it is good for this replica, this request and this moment alone. */
export function orderText(replica, id, { act, value, at }) {
    return [replica, id, at, act, value].join('\n');
}
//# sourceMappingURL=report.js.map