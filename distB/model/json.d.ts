/** The JSON object that `data` is, its members still unchecked: a schema for every token would cost more than the token. */
export declare function parseObject<Unchecked extends object>(data: string): Unchecked;
/** What `text` is as JSON; undefined where it is none. A list of one, as which some providers send errors, is that one. */
export declare function parsed(text: string): unknown;
/** Whether nothing is missing at the end of an event's data. */
export declare function isWhole(data: string): boolean;
/** The text of a string or number, '' of whatever else: an object that was parsed may have no text, and throws when asked for it. */
export declare function asText(value: unknown): string;
