/** How busy this process is. */
export interface Load {
    /** Event-loop utilisation of the recent past, from 0 (idle) to 1. */
    utilisation(): number;
    /** There was nothing but work for so long, and all of it late, that more would only make everything later. */
    saturated(): boolean;
    close(): void;
}
