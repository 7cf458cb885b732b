import type { Turn } from '../ports/model.ts';
/** How a chat model is asked to go on with a text (LLM_CONTINUE). */
export type ContinueStyle = 'instruct' | 'prefix' | 'vllm';
/** The last user turn of the `instruct` style. */
export declare const GO_ON: string;
/** The part of a chat request that says what to answer. */
export interface ChatPrompt {
    readonly messages: readonly (Turn & {
        readonly prefix?: true;
    })[];
    readonly continue_final_message?: true;
    readonly add_generation_prompt?: false;
}
/** Asks to go on with `text`, the beginning of the answer to `turns`. */
export declare function continued(turns: readonly Turn[], text: string, style: ContinueStyle): ChatPrompt;
