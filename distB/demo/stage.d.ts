import type { Plan } from '../stack/plan.ts';
import type { Screen } from '../stack/screen.ts';
/** What the demo model says of its work. */
export interface ModelActivity {
    /** Tokens generated since its start. */
    readonly tokens: number;
}
/** The stack that the demo plays on, on free ports, in a directory that goes away with it. */
export declare class Stage {
    #private;
    readonly dataDir: string;
    /** Takes the process's environment over: the replicas inherit it. */
    constructor(screen: Screen);
    /** Resolves once everything serves; early where `quit` is aborted. */
    start(quit: AbortSignal): Promise<void>;
    get plan(): Plan;
    portOf(replica: string): number;
    /** Sends a signal to a replica and gives the id of its process. */
    signal(replica: string, signal: NodeJS.Signals): number;
    modelActivity(): Promise<ModelActivity>;
    /** Asks the model itself, with nobody in between; gives its answer and how many tokens that took. */
    askModel(question: string, signal: AbortSignal): Promise<{
        text: string;
        tokens: number;
    }>;
    /** Ends everything. `keepLogs` leaves the directory. */
    close(keepLogs: boolean): Promise<void>;
}
