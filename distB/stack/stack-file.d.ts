import { z } from 'zod';
/** What `$DATA_DIR/stack.json` holds while a stack runs (R2). */
declare const stackRecord: z.ZodObject<{
    url: z.ZodString;
    redis: z.ZodOptional<z.ZodObject<{
        port: z.ZodNumber;
        pid: z.ZodNumber;
        url: z.ZodString;
    }, z.core.$strip>>;
    nginx: z.ZodObject<{
        port: z.ZodNumber;
        pid: z.ZodNumber;
    }, z.core.$strip>;
    model: z.ZodOptional<z.ZodObject<{
        port: z.ZodNumber;
        pid: z.ZodNumber;
    }, z.core.$strip>>;
    replicas: z.ZodArray<z.ZodObject<{
        port: z.ZodNumber;
        pid: z.ZodNumber;
        id: z.ZodString;
    }, z.core.$strip>>;
}, z.core.$strip>;
export type StackRecord = z.infer<typeof stackRecord>;
/** Readers see the file before or after, never half of it. It holds Redis's password, so it is for its owner alone. */
export declare function writeStackFile(path: string, record: StackRecord): void;
/** Undefined where there is none, or none that can be read. */
export declare function readStackFile(path: string): StackRecord | undefined;
export declare function removeStackFile(path: string): void;
/**
 * Ends what a stack whose supervisor and guard were both killed has left running: two Redis on one append-only file
 * would ruin it. A process counts as that stack's only if it works inside `dataDir`, as its number may be another's by now.
 */
export declare function endLeftovers(path: string, dataDir: string): void;
export {};
