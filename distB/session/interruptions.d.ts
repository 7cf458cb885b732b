import type { Metadata } from '../protocol/message.ts';
declare const WHY: {
    readonly gone: 'the replica that wrote this answer is gone, and no other can go on with it; regenerate it';
    readonly lost: 'what the store held of this answer was lost; regenerate it';
    readonly yielded: 'another answer of this conversation was begun meanwhile; regenerate it';
};
/** Why nobody can go on with an answer. */
export type Interruption = keyof typeof WHY;
/** What `metadata.error` of an answer says that ends for this reason (F4). */
export declare function interrupted(why: Interruption): Metadata;
export {};
