import type { ClientState } from '../client/index.ts';
import type { Strings } from './locales/strings.ts';
export type Activity = NonNullable<ClientState['activity']>;
/** What goes on with an answer while its next text does not come (F7); the model's own words, where they are shown, folded. */
export declare class ActivityView {
    #private;
    readonly element: HTMLElement;
    constructor(strings: Strings);
    show(activity: Activity): void;
}
/** What the model thought, folded. */
export declare function folded(label: string, words: Text | string): HTMLElement;
