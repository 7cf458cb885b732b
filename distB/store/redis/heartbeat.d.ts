/** Calls `beat` at each heartbeat, which is the same for the whole process: an idle one is woken once for all connections. Gives how to end it. */
export declare function onHeartbeat(beat: () => void): () => void;
