/** The shapes of what a gateway sends (E, H, M, X1). Fields that are not named are let pass: a client ignores them. */
import { z } from 'zod';
import type { ClientEvent, GatewayEvent } from '../protocol/events.ts';
export declare const message: z.ZodObject<{
    id: z.ZodUUID;
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
    createdAt: z.ZodISODateTime;
    metadata: z.ZodRecord<z.ZodString, z.ZodUnknown>;
}, z.core.$strip>;
export declare const error: z.ZodObject<{
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
/** What acknowledges an event of a client, beside `ok`. */
export declare const replies: {
    'session:open': z.ZodObject<{
        session: z.ZodObject<{
            id: z.ZodUUID;
            userId: z.ZodNullable<z.ZodString>;
            createdAt: z.ZodISODateTime;
            lastActivity: z.ZodISODateTime;
            messageCount: z.ZodInt;
            ttlSeconds: z.ZodNumber;
        }, z.core.$strip>;
        resumed: z.ZodBoolean;
        messages: z.ZodArray<z.ZodObject<{
            id: z.ZodUUID;
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
            createdAt: z.ZodISODateTime;
            metadata: z.ZodRecord<z.ZodString, z.ZodUnknown>;
        }, z.core.$strip>>;
        after: z.ZodInt;
        replica: z.ZodString;
        backend: z.ZodEnum<{
            memory: "memory";
            redis: "redis";
        }>;
    }, z.core.$strip>;
    'message:send': z.ZodObject<{
        persisted: z.ZodBoolean;
        backend: z.ZodEnum<{
            memory: "memory";
            redis: "redis";
        }>;
        message: z.ZodObject<{
            id: z.ZodUUID;
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
            createdAt: z.ZodISODateTime;
            metadata: z.ZodRecord<z.ZodString, z.ZodUnknown>;
        }, z.core.$strip>;
        answer: z.ZodObject<{
            id: z.ZodUUID;
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
            createdAt: z.ZodISODateTime;
            metadata: z.ZodRecord<z.ZodString, z.ZodUnknown>;
        }, z.core.$strip>;
    }, z.core.$strip>;
    'message:stop': z.ZodObject<{
        persisted: z.ZodBoolean;
        backend: z.ZodEnum<{
            memory: "memory";
            redis: "redis";
        }>;
        message: z.ZodObject<{
            id: z.ZodUUID;
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
            createdAt: z.ZodISODateTime;
            metadata: z.ZodRecord<z.ZodString, z.ZodUnknown>;
        }, z.core.$strip>;
    }, z.core.$strip>;
    'message:regenerate': z.ZodObject<{
        persisted: z.ZodBoolean;
        backend: z.ZodEnum<{
            memory: "memory";
            redis: "redis";
        }>;
        answer: z.ZodObject<{
            id: z.ZodUUID;
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
            createdAt: z.ZodISODateTime;
            metadata: z.ZodRecord<z.ZodString, z.ZodUnknown>;
        }, z.core.$strip>;
    }, z.core.$strip>;
    'session:history': z.ZodObject<{
        messages: z.ZodArray<z.ZodObject<{
            id: z.ZodUUID;
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
            createdAt: z.ZodISODateTime;
            metadata: z.ZodRecord<z.ZodString, z.ZodUnknown>;
        }, z.core.$strip>>;
        hasMore: z.ZodBoolean;
    }, z.core.$strip>;
    'session:extend': z.ZodObject<{
        ttlSeconds: z.ZodNumber;
    }, z.core.$strip>;
    'session:clear': z.ZodObject<{}, z.core.$strip>;
    'auth:renew': z.ZodObject<{
        expiresInMs: z.ZodNullable<z.ZodNumber>;
    }, z.core.$strip>;
};
/** What the gateway's own events carry. */
export declare const events: {
    message: z.ZodObject<{
        sessionId: z.ZodUUID;
        message: z.ZodObject<{
            id: z.ZodUUID;
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
            createdAt: z.ZodISODateTime;
            metadata: z.ZodRecord<z.ZodString, z.ZodUnknown>;
        }, z.core.$strip>;
    }, z.core.$strip>;
    delta: z.ZodObject<{
        sessionId: z.ZodUUID;
        messageId: z.ZodUUID;
        attempt: z.ZodInt;
        offset: z.ZodInt;
        text: z.ZodString;
    }, z.core.$strip>;
    'session:sync': z.ZodObject<{
        sessionId: z.ZodUUID;
        after: z.ZodInt;
        messages: z.ZodArray<z.ZodObject<{
            id: z.ZodUUID;
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
            createdAt: z.ZodISODateTime;
            metadata: z.ZodRecord<z.ZodString, z.ZodUnknown>;
        }, z.core.$strip>>;
    }, z.core.$strip>;
    activity: z.ZodObject<{
        sessionId: z.ZodUUID;
        messageId: z.ZodUUID;
        kind: z.ZodEnum<{
            resuming: "resuming";
            retrying: "retrying";
            searching: "searching";
            thinking: "thinking";
        }>;
        text: z.ZodOptional<z.ZodString>;
    }, z.core.$strip>;
    'session:ended': z.ZodObject<{
        sessionId: z.ZodUUID;
        reason: z.ZodEnum<{
            cleared: "cleared";
            expired: "expired";
        }>;
    }, z.core.$strip>;
    backend: z.ZodObject<{
        backend: z.ZodEnum<{
            memory: "memory";
            redis: "redis";
        }>;
    }, z.core.$strip>;
    draining: z.ZodObject<{
        reconnectInMs: z.ZodNumber;
    }, z.core.$strip>;
    'auth:expiring': z.ZodObject<{
        expiresInMs: z.ZodNumber;
    }, z.core.$strip>;
};
/** The value in its shape. Throws `Failure` that names the first field that is not. */
export declare function shaped<S extends z.ZodType>(shape: S, value: unknown, what: string): z.output<S>;
export type Message = z.output<typeof message>;
export type Delta = z.output<typeof events.delta>;
export type ErrorBody = z.output<typeof error>;
export type ReplyOf<E extends ClientEvent> = z.output<(typeof replies)[E]>;
export type EventOf<E extends GatewayEvent> = z.output<(typeof events)[E]>;
