import type { ClientError, Message, Outgoing } from '../client/index.ts';
import { type Activity } from './activity-view.ts';
import { type Locale } from './locales/index.ts';
import type { Strings } from './locales/strings.ts';
import { type Rating } from './thumbs.ts';
export interface MessageActions {
    regenerate(): void;
    /** Asks for the rest of an answer that was cut off. */
    goOn(): void;
    retry(id: string): void;
    discard(id: string): void;
    /** Null where the site does not ask what an answer is worth. */
    readonly rate: ((message: Message, rating: Rating) => void) | null;
}
/** One message as an `article`. It touches the page only where the message changed. */
export declare class MessageView {
    #private;
    readonly id: string;
    readonly element: HTMLElement;
    /** `quiet`: it was there before; a screen reader does not read it out. */
    constructor(id: string, locale: Locale, actions: MessageActions, quiet: boolean);
    /** `isLast`: it is the last message of the session, so its answer can be made again. `activity`: what goes on with it. */
    show(message: Message | Outgoing, isLast: boolean, activity?: Activity | null): void;
}
/** Why a message was not sent, for the one who wrote it. */
export declare function reasonOf(error: ClientError, strings: Strings): string;
