import { z } from 'zod';
/** A word: a name, an address, a model. */
export declare const word: () => z.ZodString;
/** Words: a password, a path. */
export declare const phrase: () => z.ZodString;
/** What goes into a header as it is. */
export declare const key: () => z.ZodString;
export declare const int: (low: number, high?: number) => z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>;
/** Of the settings that are said in words; `1` and `0` are understood as well. */
export declare const onOff: () => z.ZodPipe<z.ZodEnum<{
    0: "0";
    1: "1";
    off: "off";
    on: "on";
}>, z.ZodTransform<boolean, "0" | "1" | "off" | "on">>;
export declare const flag: () => z.ZodPipe<z.ZodEnum<{
    0: "0";
    1: "1";
}>, z.ZodTransform<boolean, "0" | "1">>;
export declare const choice: <const T extends readonly string[]>(...values: T) => z.ZodEnum<{ [k in T[number]]: k; } extends infer T_1 ? { [k in keyof T_1]: T_1[k]; } : never>;
export declare const httpUrl: () => z.ZodString;
/** Separated by commas, with or without blanks around them. */
export declare const list: () => z.ZodPipe<z.ZodString, z.ZodTransform<string[], string>>;
export declare const hs256Secret: () => z.ZodString;
export declare const hs256Secrets: () => z.ZodPipe<z.ZodString, z.ZodTransform<string[], string>>;
/** Who may operate, by name where one stands before a colon. */
export declare const operatorTokens: () => z.ZodPipe<z.ZodPipe<z.ZodString, z.ZodTransform<string[], string>>, z.ZodTransform<{
    name: string;
    token: string;
}[], string[]>>;
export declare const redisUrls: () => z.ZodPipe<z.ZodString, z.ZodTransform<string[], string>>;
export declare const hostsWithPorts: () => z.ZodPipe<z.ZodString, z.ZodTransform<string[], string>>;
export declare const host: () => z.ZodString;
/** The prefix of a mounted gateway, without the slash at its end. */
export declare const basePath: () => z.ZodPipe<z.ZodString, z.ZodTransform<string, string>>;
export declare const origins: () => z.ZodPipe<z.ZodString, z.ZodTransform<string[], string>>;
export declare const proxies: () => z.ZodPipe<z.ZodString, z.ZodTransform<string[], string>>;
/** An absolute path, of a file that can be read. */
export declare const readableFile: () => z.ZodPipe<z.ZodString, z.ZodTransform<string, string>>;
export declare const jsonObject: () => z.ZodPipe<z.ZodString, z.ZodTransform<Readonly<Record<string, unknown>>, string>>;
/** Names and values of HTTP headers; values are trimmed. */
export declare const headers: () => z.ZodPipe<z.ZodPipe<z.ZodString, z.ZodTransform<Readonly<Record<string, unknown>>, string>>, z.ZodTransform<Readonly<Record<string, string>>, Readonly<Record<string, unknown>>>>;
