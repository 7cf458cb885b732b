import { type ModelRequest } from '../ports/model.ts';
import type { ModelSettings } from './provider.ts';
type Json = Readonly<Record<string, unknown>>;
/** What the settings put into a request for an answer. */
export declare class RequestFitting {
    #private;
    constructor(settings: ModelSettings);
    /**
     * The body: the model, usage, limit and user as they are set, then LLM_EXTRA_BODY, which may change any of that, then `prompt` and
     * `stream`, without which nothing would work.
     */
    body(request: ModelRequest, prompt: object, more?: Json): Json;
    /** With LLM_IDENTITY: who asks, for an agent of one's own behind the provider's wire. */
    headers({ sessionId, userId, messageId }: ModelRequest): Readonly<Record<string, string>>;
}
export {};
