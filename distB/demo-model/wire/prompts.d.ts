import { z } from 'zod';
import type { Prompt } from '../mind/prompt.ts';
export declare const chatRequest: z.ZodObject<{
    model: z.ZodString;
    messages: z.ZodArray<z.ZodObject<{
        role: z.ZodEnum<{
            assistant: "assistant";
            developer: "developer";
            function: "function";
            system: "system";
            tool: "tool";
            user: "user";
        }>;
        content: z.ZodOptional<z.ZodNullable<z.ZodUnion<readonly [z.ZodString, z.ZodArray<z.ZodObject<{
            type: z.ZodString;
            text: z.ZodOptional<z.ZodString>;
        }, z.core.$loose>>]>>>;
        prefix: z.ZodOptional<z.ZodNullable<z.ZodBoolean>>;
    }, z.core.$loose>>;
    stream: z.ZodOptional<z.ZodNullable<z.ZodBoolean>>;
    stream_options: z.ZodOptional<z.ZodNullable<z.ZodObject<{
        include_usage: z.ZodOptional<z.ZodNullable<z.ZodBoolean>>;
    }, z.core.$loose>>>;
    max_tokens: z.ZodOptional<z.ZodNullable<z.ZodInt>>;
    max_completion_tokens: z.ZodOptional<z.ZodNullable<z.ZodInt>>;
    continue_final_message: z.ZodOptional<z.ZodNullable<z.ZodBoolean>>;
    add_generation_prompt: z.ZodOptional<z.ZodNullable<z.ZodBoolean>>;
}, z.core.$loose>;
export type ChatRequest = z.infer<typeof chatRequest>;
export declare const responsesRequest: z.ZodObject<{
    model: z.ZodString;
    input: z.ZodUnion<readonly [z.ZodString, z.ZodArray<z.ZodObject<{
        type: z.ZodOptional<z.ZodNullable<z.ZodString>>;
        role: z.ZodOptional<z.ZodEnum<{
            assistant: "assistant";
            developer: "developer";
            function: "function";
            system: "system";
            tool: "tool";
            user: "user";
        }>>;
        content: z.ZodOptional<z.ZodNullable<z.ZodUnion<readonly [z.ZodString, z.ZodArray<z.ZodObject<{
            type: z.ZodString;
            text: z.ZodOptional<z.ZodString>;
        }, z.core.$loose>>]>>>;
    }, z.core.$loose>>]>;
    instructions: z.ZodOptional<z.ZodNullable<z.ZodString>>;
    background: z.ZodOptional<z.ZodNullable<z.ZodBoolean>>;
    stream: z.ZodOptional<z.ZodNullable<z.ZodBoolean>>;
    store: z.ZodOptional<z.ZodNullable<z.ZodBoolean>>;
    max_output_tokens: z.ZodOptional<z.ZodNullable<z.ZodInt>>;
    metadata: z.ZodOptional<z.ZodNullable<z.ZodRecord<z.ZodString, z.ZodString>>>;
    previous_response_id: z.ZodOptional<z.ZodNullable<z.ZodString>>;
}, z.core.$loose>;
export type ResponsesRequest = z.infer<typeof responsesRequest>;
/** What a chat request asks, with both ways of having a trailing assistant message gone on with. */
export declare function chatPrompt(request: ChatRequest): Prompt;
/** What a responses request asks. */
export declare function responsesPrompt(request: ResponsesRequest): Prompt;
