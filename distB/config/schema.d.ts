import { z } from 'zod';
/** Every setting of a gateway with its environment variable, default and bounds (R4, R6). */
export declare const schema: z.ZodObject<{
    PORT: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    HOST: z.ZodDefault<z.ZodString>;
    OPS_PORT: z.ZodOptional<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    ADMIN_TOKEN: z.ZodDefault<z.ZodPipe<z.ZodPipe<z.ZodString, z.ZodTransform<string[], string>>, z.ZodTransform<{
        name: string;
        token: string;
    }[], string[]>>>;
    REPLICA_ID: z.ZodDefault<z.ZodString>;
    LOG_LEVEL: z.ZodDefault<z.ZodEnum<{
        debug: "debug";
        error: "error";
        fatal: "fatal";
        info: "info";
        silent: "silent";
        trace: "trace";
        warn: "warn";
    }>>;
    DEMO: z.ZodDefault<z.ZodPipe<z.ZodEnum<{
        0: "0";
        1: "1";
    }>, z.ZodTransform<boolean, "0" | "1">>>;
    DATA_DIR: z.ZodDefault<z.ZodString>;
    POLLING: z.ZodDefault<z.ZodPipe<z.ZodEnum<{
        0: "0";
        1: "1";
    }>, z.ZodTransform<boolean, "0" | "1">>>;
    BASE_PATH: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<string, string>>>;
    STORE: z.ZodDefault<z.ZodEnum<{
        memory: "memory";
        redis: "redis";
    }>>;
    REDIS_URL: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<string[], string>>>;
    REDIS_SENTINELS: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<string[], string>>>;
    REDIS_MASTER: z.ZodDefault<z.ZodString>;
    REDIS_SENTINEL_PASSWORD: z.ZodOptional<z.ZodString>;
    REDIS_TLS_CERT: z.ZodOptional<z.ZodPipe<z.ZodString, z.ZodTransform<string, string>>>;
    REDIS_TLS_KEY: z.ZodOptional<z.ZodPipe<z.ZodString, z.ZodTransform<string, string>>>;
    REDIS_TLS_CA: z.ZodOptional<z.ZodPipe<z.ZodString, z.ZodTransform<string, string>>>;
    REDIS_WAIT: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    KEY_PREFIX: z.ZodDefault<z.ZodString>;
    FALLBACK_MAX_BYTES: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    SESSION_TTL: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    SESSION_MAX_MESSAGES: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    CONTEXT_MESSAGES: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    CONTEXT_TOKENS: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    MAX_CONTENT_BYTES: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    MAX_ANSWER_BYTES: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    MAX_SESSIONS_PER_USER: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    DELTA_WINDOW_MS: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    LEASE_MS: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    DRAIN_TIMEOUT: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    OPENAI_API_KEY: z.ZodOptional<z.ZodString>;
    OPENAI_BASE_URL: z.ZodOptional<z.ZodString>;
    OPENAI_ORG_ID: z.ZodOptional<z.ZodString>;
    OPENAI_PROJECT_ID: z.ZodOptional<z.ZodString>;
    LLM_MODEL: z.ZodDefault<z.ZodString>;
    LLM_API: z.ZodOptional<z.ZodEnum<{
        chat: "chat";
        responses: "responses";
    }>>;
    LLM_RESUME: z.ZodDefault<z.ZodEnum<{
        auto: "auto";
        continue: "continue";
        none: "none";
        reattach: "reattach";
        restart: "restart";
    }>>;
    LLM_CONTINUE: z.ZodDefault<z.ZodEnum<{
        instruct: "instruct";
        prefix: "prefix";
        vllm: "vllm";
    }>>;
    LLM_RETRIES: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    LLM_TIMEOUT_MS: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    LLM_SILENCE_MS: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    LLM_REASONING: z.ZodDefault<z.ZodEnum<{
        hide: "hide";
        show: "show";
        store: "store";
    }>>;
    LLM_HEADERS: z.ZodDefault<z.ZodPipe<z.ZodPipe<z.ZodString, z.ZodTransform<Readonly<Record<string, unknown>>, string>>, z.ZodTransform<Readonly<Record<string, string>>, Readonly<Record<string, unknown>>>>>;
    LLM_EXTRA_BODY: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<Readonly<Record<string, unknown>>, string>>>;
    LLM_STREAM_USAGE: z.ZodDefault<z.ZodPipe<z.ZodEnum<{
        0: "0";
        1: "1";
        off: "off";
        on: "on";
    }>, z.ZodTransform<boolean, "0" | "1" | "off" | "on">>>;
    LLM_IDENTITY: z.ZodDefault<z.ZodPipe<z.ZodEnum<{
        0: "0";
        1: "1";
        off: "off";
        on: "on";
    }>, z.ZodTransform<boolean, "0" | "1" | "off" | "on">>>;
    LLM_MAX_TOKENS: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    DAILY_TOKEN_LIMIT: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    SYSTEM_PROMPT: z.ZodDefault<z.ZodString>;
    RETRIEVER_URL: z.ZodOptional<z.ZodString>;
    RETRIEVER_TIMEOUT_MS: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    AUTH: z.ZodDefault<z.ZodEnum<{
        jwt: "jwt";
        none: "none";
    }>>;
    JWT_SECRET: z.ZodOptional<z.ZodString>;
    JWT_OTHER_SECRETS: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<string[], string>>>;
    JWT_JWKS_URL: z.ZodOptional<z.ZodString>;
    JWT_AUDIENCE: z.ZodOptional<z.ZodString>;
    JWT_ISSUER: z.ZodOptional<z.ZodString>;
    JWT_USER_CLAIM: z.ZodDefault<z.ZodString>;
    JWT_GROUP_CLAIM: z.ZodOptional<z.ZodString>;
    JWT_REQUIRE_EXP: z.ZodDefault<z.ZodPipe<z.ZodEnum<{
        0: "0";
        1: "1";
    }>, z.ZodTransform<boolean, "0" | "1">>>;
    TRUST_USER_ID: z.ZodOptional<z.ZodPipe<z.ZodEnum<{
        0: "0";
        1: "1";
    }>, z.ZodTransform<boolean, "0" | "1">>>;
    ALLOWED_ORIGINS: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<string[], string>>>;
    TRUST_PROXY: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<string[], string>>>;
    DAILY_MESSAGES_PER_USER: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    DAILY_SESSIONS_PER_USER: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    DAILY_TOKENS_PER_USER: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    MAX_ANSWERS_PER_USER: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    DAILY_MESSAGES_PER_GROUP: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    DAILY_SESSIONS_PER_GROUP: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    DAILY_TOKENS_PER_GROUP: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    MAX_ANSWERS_PER_GROUP: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    RATE_LIMIT: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    CONNECT_LIMIT: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
    OTEL_EXPORTER_OTLP_ENDPOINT: z.ZodOptional<z.ZodString>;
    OTEL_SERVICE_NAME: z.ZodDefault<z.ZodString>;
    SOCKET_MAX_AGE: z.ZodDefault<z.ZodPipe<z.ZodString, z.ZodTransform<number, string>>>;
}, z.core.$strip>;
export type Parsed = z.infer<typeof schema>;
/** Settings for which empty is a value of its own (S7). */
export declare const MAY_BE_EMPTY: ReadonlySet<string>;
/** Settings that hold a secret, or may: a key, or a URL with a password. `<name>_FILE` names a file that holds it (R6). */
export declare const SECRETS: readonly ["REDIS_URL", "REDIS_SENTINEL_PASSWORD", "OPENAI_API_KEY", "OPENAI_BASE_URL", "LLM_HEADERS", "LLM_EXTRA_BODY", "RETRIEVER_URL", "JWT_SECRET", "JWT_OTHER_SECRETS", "ADMIN_TOKEN"];
/** Settings that are paths; a relative one counts from where the process was started. */
export declare const FILES: readonly ["REDIS_TLS_CERT", "REDIS_TLS_KEY", "REDIS_TLS_CA", ...("ADMIN_TOKEN_FILE" | "JWT_OTHER_SECRETS_FILE" | "JWT_SECRET_FILE" | "LLM_EXTRA_BODY_FILE" | "LLM_HEADERS_FILE" | "OPENAI_API_KEY_FILE" | "OPENAI_BASE_URL_FILE" | "REDIS_SENTINEL_PASSWORD_FILE" | "REDIS_URL_FILE" | "RETRIEVER_URL_FILE")[]];
