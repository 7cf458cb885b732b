/** The part of a structured logger that the layers below the composition root use. Never given a message's content above `debug`. */
export interface Log {
    debug(fields: object, text: string): void;
    info(fields: object, text: string): void;
    warn(fields: object, text: string): void;
    error(fields: object, text: string): void;
}
export declare const silentLog: Log;
