import type { BatonClient, ClientState } from '../client/index.ts';
/** Fetches older messages when the reader comes near the oldest that is there. */
export declare class OlderMessages {
    #private;
    isLoading: boolean;
    constructor(changed: () => void);
    /** Another conversation was opened. */
    begin(): void;
    /** The reader has scrolled. */
    look({ scrollTop }: HTMLElement, { messages }: ClientState, client: BatonClient | null): Promise<void>;
}
