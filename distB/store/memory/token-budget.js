import { dayOf, untilTomorrow } from '../day.js';
/** Counts for one replica that is alone (STORE=memory). */
export function memoryTokenBudget(limit, clock) {
    let day = '';
    let spent = 0;
    const turnOver = () => {
        if (day === dayOf(clock.wallTime()))
            return;
        day = dayOf(clock.wallTime());
        spent = 0;
    };
    return {
        async exhausted() {
            turnOver();
            return spent < limit ? null : untilTomorrow(clock.wallTime());
        },
        spend(tokens) {
            turnOver();
            spent += tokens;
        },
    };
}
//# sourceMappingURL=token-budget.js.map