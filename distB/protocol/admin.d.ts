/** What operators ask and are told, one schema per body; and reports of other replicas, checked before they are believed (X6). */
import { z } from 'zod';
export declare const reportSchema: z.ZodObject<{
    address: z.ZodString;
    process: z.ZodObject<{
        version: z.ZodString;
        protocol: z.ZodNumber;
        startedAt: z.ZodNumber;
        draining: z.ZodBoolean;
        logLevel: z.ZodString;
        connections: z.ZodNumber;
        lagMs: z.ZodNumber;
        loopUtilisation: z.ZodNumber;
        memoryBytes: z.ZodNumber;
        backend: z.ZodEnum<{
            memory: "memory";
            redis: "redis";
        }>;
        heldSessions: z.ZodNumber;
        heldBytes: z.ZodNumber;
        heldMaxBytes: z.ZodNumber;
    }, z.core.$strip>;
    answers: z.ZodNumber;
    running: z.ZodArray<z.ZodObject<{
        sessionId: z.ZodUUID;
        messageId: z.ZodUUID;
        userId: z.ZodNullable<z.ZodString>;
        startedAt: z.ZodNumber;
        attempt: z.ZodNumber;
        characters: z.ZodNumber;
        state: z.ZodString;
    }, z.core.$strip>>;
    takeovers: z.ZodArray<z.ZodObject<{
        at: z.ZodNumber;
        sessionId: z.ZodUUID;
        messageId: z.ZodUUID;
        from: z.ZodString;
        cause: z.ZodEnum<{
            death: "death";
            drain: "drain";
            reclaim: "reclaim";
        }>;
        outcome: z.ZodEnum<{
            continue: "continue";
            interrupted: "interrupted";
            reattach: "reattach";
            restart: "restart";
        }>;
    }, z.core.$strip>>;
}, z.core.$strip>;
export type Report = z.output<typeof reportSchema>;
export declare const stateReply: z.ZodObject<{
    now: z.ZodNumber;
    replica: z.ZodString;
    replicas: z.ZodArray<z.ZodObject<{
        id: z.ZodString;
        address: z.ZodString;
        report: z.ZodNullable<z.ZodObject<{
            version: z.ZodString;
            protocol: z.ZodNumber;
            startedAt: z.ZodNumber;
            draining: z.ZodBoolean;
            logLevel: z.ZodString;
            connections: z.ZodNumber;
            lagMs: z.ZodNumber;
            loopUtilisation: z.ZodNumber;
            memoryBytes: z.ZodNumber;
            backend: z.ZodEnum<{
                memory: "memory";
                redis: "redis";
            }>;
            heldSessions: z.ZodNumber;
            heldBytes: z.ZodNumber;
            heldMaxBytes: z.ZodNumber;
            answers: z.ZodNumber;
        }, z.core.$strip>>;
    }, z.core.$strip>>;
    answers: z.ZodArray<z.ZodObject<{
        sessionId: z.ZodUUID;
        messageId: z.ZodUUID;
        userId: z.ZodNullable<z.ZodString>;
        attempt: z.ZodNumber;
        characters: z.ZodNumber;
        state: z.ZodString;
        owner: z.ZodString;
        ageMs: z.ZodNumber;
    }, z.core.$strip>>;
    takeovers: z.ZodArray<z.ZodObject<{
        at: z.ZodNumber;
        sessionId: z.ZodUUID;
        messageId: z.ZodUUID;
        from: z.ZodString;
        cause: z.ZodEnum<{
            death: "death";
            drain: "drain";
            reclaim: "reclaim";
        }>;
        outcome: z.ZodEnum<{
            continue: "continue";
            interrupted: "interrupted";
            reattach: "reattach";
            restart: "restart";
        }>;
        to: z.ZodString;
    }, z.core.$strip>>;
}, z.core.$strip>;
export type AdminState = z.output<typeof stateReply>;
export declare const adminListQuery: z.ZodObject<{
    user_id: z.ZodNonOptional<z.ZodOptional<z.ZodPipe<z.ZodPipe<z.ZodString, z.ZodTransform<string | undefined, string>>, z.ZodOptional<z.ZodString>>>>;
    limit: z.ZodOptional<z.ZodCoercedNumber<unknown>>;
    before: z.ZodOptional<z.ZodPipe<z.ZodISODateTime, z.ZodTransform<string, string>>>;
}, z.core.$strip>;
export declare const adminListReply: z.ZodObject<{
    sessions: z.ZodArray<z.ZodObject<{
        session_id: z.ZodUUID;
        created_at: z.ZodString;
        last_activity: z.ZodString;
    }, z.core.$strip>>;
    total: z.ZodInt;
}, z.core.$strip>;
export type AdminSessionList = z.output<typeof adminListReply>;
export declare const adminSessionReply: z.ZodObject<{
    session_id: z.ZodString;
    user_id: z.ZodNullable<z.ZodString>;
    created_at: z.ZodString;
    last_activity: z.ZodString;
    message_count: z.ZodNumber;
    size_bytes: z.ZodNumber;
    ttl_seconds: z.ZodNumber;
    owner: z.ZodNullable<z.ZodString>;
    messages: z.ZodArray<z.ZodObject<{
        id: z.ZodString;
        seq: z.ZodNumber;
        role: z.ZodString;
        status: z.ZodString;
        attempt: z.ZodNumber;
        created_at: z.ZodString;
        characters: z.ZodNumber;
        error: z.ZodNullable<z.ZodEnum<{
            answer_in_progress: "answer_in_progress";
            forbidden: "forbidden";
            internal: "internal";
            interrupted: "interrupted";
            invalid: "invalid";
            llm_failed: "llm_failed";
            message_not_found: "message_not_found";
            overloaded: "overloaded";
            quota_exceeded: "quota_exceeded";
            rate_limited: "rate_limited";
            session_not_found: "session_not_found";
            too_large: "too_large";
            unauthorized: "unauthorized";
        }>>;
        replicas: z.ZodArray<z.ZodString>;
    }, z.core.$strip>>;
}, z.core.$strip>;
export type AdminSession = z.output<typeof adminSessionReply>;
export declare const replicaParams: z.ZodObject<{
    address: z.ZodString;
}, z.core.$strip>;
export declare const levelBody: z.ZodObject<{
    level: z.ZodEnum<{
        debug: "debug";
        error: "error";
        fatal: "fatal";
        info: "info";
        silent: "silent";
        trace: "trace";
        warn: "warn";
    }>;
}, z.core.$strip>;
export declare const doneReply: z.ZodObject<{
    done: z.ZodLiteral<true>;
}, z.core.$strip>;
export declare const adminStoppedReply: z.ZodObject<{
    done: z.ZodLiteral<true>;
    status: z.ZodString;
    characters: z.ZodNumber;
}, z.core.$strip>;
