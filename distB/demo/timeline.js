/** What happened, drawn: a row per replica, time from left to right. Pure. */
const WRITES = '━';
const LIVES = '·';
const STRUCK = '✕';
const ENDS = '●';
/** One row of `width` columns per replica, in their order. */
export function rowsOf({ replicas, spans, struck, total }, width) {
    const columnOf = (at) => Math.min(width - 1, Math.max(0, Math.round((at / total) * (width - 1))));
    return replicas.map((replica) => {
        const row = Array.from({ length: width }).fill(LIVES);
        for (const span of spans.filter((one) => one.replica === replica)) {
            row.fill(WRITES, columnOf(span.from), columnOf(span.to) + 1);
            if (span.to === total)
                row[columnOf(span.to)] = ENDS;
        }
        if (struck.replica === replica) {
            if (struck.isGone)
                row.fill(' ', columnOf(struck.at));
            row[columnOf(struck.at)] = STRUCK;
        }
        return row.join('');
    });
}
/** The scale above the rows: a mark at every whole second, or at every second one and so on where they would touch. */
export function scaleOf(total, width) {
    const MARK = 6;
    const every = [1, 2, 5, 10, 30, 60, 300].find((step) => (step * 1000 * (width - 1)) / total >= MARK) ?? 3600;
    let scale = '';
    for (let second = 0; second * 1000 <= total; second += every) {
        const column = Math.round(((second * 1000) / total) * (width - 1));
        if (column + MARK <= width || second === 0)
            scale = `${scale.padEnd(column)}${second} s`;
    }
    return scale;
}
//# sourceMappingURL=timeline.js.map