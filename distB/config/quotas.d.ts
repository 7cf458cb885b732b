import type { Parsed } from './schema.ts';
type Limits = {
    readonly messages: number;
    readonly sessions: number;
    readonly tokens: number;
    readonly answers: number;
};
/** What each user may use, and each group where groups have limits (`group` is null where not); null where nobody has a limit. */
export declare function quotasIn(settings: Parsed): {
    readonly user: Limits;
    readonly group: Limits | null;
} | null;
export {};
