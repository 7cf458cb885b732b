/** What a client may send, checked: one schema per event of `events.ts`. */
import { z } from 'zod';
/** Canonical form: lower case, so that one id has one key. */
export declare const uuid: z.ZodPipe<z.ZodUUID, z.ZodTransform<string, string>>;
/** Braces would end the Cluster hash tag of the user's index key; control characters serve nobody. */
export declare const userId: z.ZodString;
export declare const seq: z.ZodInt;
export declare const metadata: z.ZodRecord<z.ZodString, z.ZodUnknown>;
export declare const requestSchemas: {
    'session:open': z.ZodObject<{
        sessionId: z.ZodOptional<z.ZodPipe<z.ZodUUID, z.ZodTransform<string, string>>>;
        userId: z.ZodOptional<z.ZodString>;
        resume: z.ZodOptional<z.ZodLiteral<"latest">>;
        after: z.ZodOptional<z.ZodInt>;
    }, z.core.$strip>;
    'message:send': z.ZodObject<{
        sessionId: z.ZodPipe<z.ZodUUID, z.ZodTransform<string, string>>;
        id: z.ZodPipe<z.ZodUUID, z.ZodTransform<string, string>>;
        content: z.ZodString;
        metadata: z.ZodOptional<z.ZodRecord<z.ZodString, z.ZodUnknown>>;
    }, z.core.$strip>;
    'message:stop': z.ZodObject<{
        sessionId: z.ZodPipe<z.ZodUUID, z.ZodTransform<string, string>>;
        messageId: z.ZodPipe<z.ZodUUID, z.ZodTransform<string, string>>;
    }, z.core.$strip>;
    'message:regenerate': z.ZodObject<{
        sessionId: z.ZodPipe<z.ZodUUID, z.ZodTransform<string, string>>;
        messageId: z.ZodPipe<z.ZodUUID, z.ZodTransform<string, string>>;
    }, z.core.$strip>;
    'session:history': z.ZodObject<{
        sessionId: z.ZodPipe<z.ZodUUID, z.ZodTransform<string, string>>;
        before: z.ZodOptional<z.ZodInt>;
        limit: z.ZodOptional<z.ZodInt>;
    }, z.core.$strip>;
    'session:extend': z.ZodObject<{
        sessionId: z.ZodPipe<z.ZodUUID, z.ZodTransform<string, string>>;
    }, z.core.$strip>;
    'session:clear': z.ZodObject<{
        sessionId: z.ZodPipe<z.ZodUUID, z.ZodTransform<string, string>>;
    }, z.core.$strip>;
    'auth:renew': z.ZodObject<{
        token: z.ZodString;
    }, z.core.$strip>;
};
/** The first complaint of a failed check, naming the field: `content: must be a string`. */
export declare function describeIssue(error: z.ZodError): string;
