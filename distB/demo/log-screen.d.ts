import { Screen } from '../stack/screen.ts';
/** A line that a replica logged. */
export interface LogRecord {
    /** ISO 8601. */
    readonly time: string;
    readonly msg: string;
    readonly [field: string]: unknown;
}
/** Shows how the stack comes up, then hands on what the replicas log instead of printing it. */
export declare class LogScreen extends Screen {
    #private;
    /** Called for every line that a replica logs. */
    onLog: (replica: string, record: LogRecord) => void;
    constructor();
    /** From now on nothing of the stack's is printed. */
    hush(): void;
    about(name: string, text: string): void;
    line(name: string, text: string): void;
}
