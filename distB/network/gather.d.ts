import type { Writable } from 'node:stream';
/**
 * Makes one write to the network of all that is written to `stream` until the callback that runs now, with the promises that
 * follow from it, is through. A write costs more than making what it carries (docs/performance.md). Where this call begins
 * it, `onReleased` is called once all of it was given to the network.
 */
export declare function gather(stream: Writable, onReleased?: () => void): void;
/** Whether so many bytes gather with others. */
export declare function isLittle(bytes: number): boolean;
/** Whether nothing keeps so many bytes from the network but what gathers, which goes out now where they are too many to be added. */
export declare function isFree(stream: Writable, bytes: number): boolean;
