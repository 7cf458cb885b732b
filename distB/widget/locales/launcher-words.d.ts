import type { LauncherStrings } from './strings.ts';
/** The launcher's English: all that is needed before the chat itself is there. */
export declare const launcherWords: LauncherStrings;
