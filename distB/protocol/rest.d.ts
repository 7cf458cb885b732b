/** What HTTP takes and gives (contract H), one schema per body; the OpenAPI document is made from them. */
import { z } from 'zod';
export declare const sessionParams: z.ZodObject<{
    id: z.ZodPipe<z.ZodUUID, z.ZodTransform<string, string>>;
}, z.core.$strip>;
export declare const messageParams: z.ZodObject<{
    id: z.ZodPipe<z.ZodUUID, z.ZodTransform<string, string>>;
    messageId: z.ZodPipe<z.ZodUUID, z.ZodTransform<string, string>>;
}, z.core.$strip>;
/** `?user_id=` left empty is as good as none. */
export declare const userQuery: z.ZodObject<{
    user_id: z.ZodOptional<z.ZodPipe<z.ZodPipe<z.ZodString, z.ZodTransform<string | undefined, string>>, z.ZodOptional<z.ZodString>>>;
}, z.core.$strip>;
/** `before` is a `last_activity` of the page before. */
export declare const listQuery: z.ZodObject<{
    user_id: z.ZodOptional<z.ZodPipe<z.ZodPipe<z.ZodString, z.ZodTransform<string | undefined, string>>, z.ZodOptional<z.ZodString>>>;
    limit: z.ZodOptional<z.ZodCoercedNumber<unknown>>;
    before: z.ZodOptional<z.ZodPipe<z.ZodISODateTime, z.ZodTransform<string, string>>>;
}, z.core.$strip>;
export declare const historyQuery: z.ZodObject<{
    max_messages: z.ZodOptional<z.ZodCoercedNumber<unknown>>;
    before: z.ZodOptional<z.ZodCoercedNumber<unknown>>;
}, z.core.$strip>;
export declare const sendBody: z.ZodObject<{
    message: z.ZodString;
    metadata: z.ZodOptional<z.ZodRecord<z.ZodString, z.ZodUnknown>>;
    id: z.ZodOptional<z.ZodPipe<z.ZodUUID, z.ZodTransform<string, string>>>;
}, z.core.$strip>;
export declare const questionBody: z.ZodObject<{
    question: z.ZodString;
}, z.core.$strip>;
/** Loose, because a checked header object takes the place of all headers. */
export declare const legacyHeaders: z.ZodObject<{
    'session-id': z.ZodOptional<z.ZodString>;
}, z.core.$loose>;
export declare const resumeHeaders: z.ZodObject<{
    'last-event-id': z.ZodOptional<z.ZodString>;
}, z.core.$loose>;
export declare const errorReply: z.ZodObject<{
    error: z.ZodObject<{
        code: z.ZodEnum<{
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
        }>;
        message: z.ZodString;
        retryable: z.ZodBoolean;
        retryAfterMs: z.ZodOptional<z.ZodNumber>;
    }, z.core.$strip>;
}, z.core.$strip>;
export declare const createdReply: z.ZodObject<{
    session_id: z.ZodUUID;
    created_at: z.ZodString;
}, z.core.$strip>;
export declare const sessionsReply: z.ZodObject<{
    sessions: z.ZodArray<z.ZodObject<{
        session_id: z.ZodUUID;
        created_at: z.ZodString;
        last_activity: z.ZodString;
    }, z.core.$strip>>;
    total: z.ZodInt;
}, z.core.$strip>;
export declare const statsReply: z.ZodObject<{
    session_id: z.ZodUUID;
    user_id: z.ZodNullable<z.ZodString>;
    created_at: z.ZodString;
    last_activity: z.ZodString;
    message_count: z.ZodInt;
    size_bytes: z.ZodInt;
    ttl_seconds: z.ZodNumber;
}, z.core.$strip>;
export declare const historyReply: z.ZodObject<{
    session_id: z.ZodUUID;
    messages: z.ZodArray<z.ZodObject<{
        id: z.ZodString;
        seq: z.ZodInt;
        attempt: z.ZodInt;
        status: z.ZodEnum<{
            complete: "complete";
            error: "error";
            stopped: "stopped";
            streaming: "streaming";
        }>;
        role: z.ZodEnum<{
            assistant: "assistant";
            system: "system";
            user: "user";
        }>;
        content: z.ZodString;
        timestamp: z.ZodString;
        metadata: z.ZodRecord<z.ZodString, z.ZodUnknown>;
    }, z.core.$strip>>;
    total_messages: z.ZodInt;
}, z.core.$strip>;
export declare const answerReply: z.ZodObject<{
    session_id: z.ZodUUID;
    user_message: z.ZodString;
    assistant_response: z.ZodString;
    sources: z.ZodArray<z.ZodUnknown>;
    processing_time_ms: z.ZodNullable<z.ZodNumber>;
    finish_reason: z.ZodNullable<z.ZodString>;
    status: z.ZodEnum<{
        complete: "complete";
        error: "error";
        stopped: "stopped";
        streaming: "streaming";
    }>;
    conversation_length: z.ZodInt;
    session_persisted: z.ZodBoolean;
    backend: z.ZodEnum<{
        memory: "memory";
        redis: "redis";
    }>;
}, z.core.$strip>;
export declare const stoppedReply: z.ZodObject<{
    persisted: z.ZodOptional<z.ZodBoolean>;
    backend: z.ZodOptional<z.ZodEnum<{
        memory: "memory";
        redis: "redis";
    }>>;
    message: z.ZodObject<{
        id: z.ZodString;
        seq: z.ZodInt;
        role: z.ZodEnum<{
            assistant: "assistant";
            system: "system";
            user: "user";
        }>;
        content: z.ZodString;
        status: z.ZodEnum<{
            complete: "complete";
            error: "error";
            stopped: "stopped";
            streaming: "streaming";
        }>;
        attempt: z.ZodInt;
        createdAt: z.ZodString;
        metadata: z.ZodRecord<z.ZodString, z.ZodUnknown>;
    }, z.core.$strip>;
}, z.core.$strip>;
export declare const regeneratedReply: z.ZodObject<{
    persisted: z.ZodOptional<z.ZodBoolean>;
    backend: z.ZodOptional<z.ZodEnum<{
        memory: "memory";
        redis: "redis";
    }>>;
    answer: z.ZodObject<{
        id: z.ZodString;
        seq: z.ZodInt;
        role: z.ZodEnum<{
            assistant: "assistant";
            system: "system";
            user: "user";
        }>;
        content: z.ZodString;
        status: z.ZodEnum<{
            complete: "complete";
            error: "error";
            stopped: "stopped";
            streaming: "streaming";
        }>;
        attempt: z.ZodInt;
        createdAt: z.ZodString;
        metadata: z.ZodRecord<z.ZodString, z.ZodUnknown>;
    }, z.core.$strip>;
}, z.core.$strip>;
export declare const extendReply: z.ZodObject<{
    session_id: z.ZodUUID;
    ttl_seconds: z.ZodNumber;
}, z.core.$strip>;
export declare const clearReply: z.ZodObject<{
    message: z.ZodString;
}, z.core.$strip>;
export declare const legacyCreatedReply: z.ZodObject<{
    success: z.ZodLiteral<true>;
    sessionId: z.ZodUUID;
    message: z.ZodString;
}, z.core.$strip>;
export declare const legacyHistoryReply: z.ZodObject<{
    success: z.ZodLiteral<true>;
    messages: z.ZodArray<z.ZodObject<{
        type: z.ZodEnum<{
            assistant: "assistant";
            system: "system";
            user: "user";
        }>;
        content: z.ZodString;
        timestamp: z.ZodString;
    }, z.core.$strip>>;
    sessionId: z.ZodUUID;
    createdAt: z.ZodString;
    lastActivity: z.ZodString;
}, z.core.$strip>;
export declare const legacyValidReply: z.ZodObject<{
    success: z.ZodLiteral<true>;
    valid: z.ZodBoolean;
    sessionId: z.ZodString;
}, z.core.$strip>;
export declare const legacyClearReply: z.ZodObject<{
    success: z.ZodLiteral<true>;
    message: z.ZodString;
}, z.core.$strip>;
export declare const legacyAnswerReply: z.ZodObject<{
    success: z.ZodLiteral<true>;
    reply: z.ZodString;
    sessionID: z.ZodUUID;
}, z.core.$strip>;
export declare const healthReply: z.ZodObject<{
    status: z.ZodLiteral<"ok">;
    replica: z.ZodString;
}, z.core.$strip>;
export declare const versionReply: z.ZodObject<{
    version: z.ZodString;
    protocol: z.ZodInt;
    node: z.ZodString;
}, z.core.$strip>;
export declare const readyReply: z.ZodObject<{
    status: z.ZodLiteral<"ready">;
    replica: z.ZodString;
    backend: z.ZodEnum<{
        memory: "memory";
        redis: "redis";
    }>;
}, z.core.$strip>;
