/**
 * Keeps a growing box at its end while the reader is there. The reader's first pixel upwards ends that at once, and only
 * coming back to the end begins it again: nothing ever scrolls against a hand.
 */
export declare class ScrollFollower {
    #private;
    constructor(scroller: HTMLElement, content: HTMLElement, onChange: (following: boolean) => void);
    get following(): boolean;
    jumpToEnd(): void;
    stop(): void;
}
