/** The objects and events of the Responses API, each made from what a run has kept: none of them is stored. */
import type { Response, ResponseStreamEvent, ResponseUsage } from 'openai/resources/responses/responses';
import type { ResponseRun } from '../generation/response-run.ts';
import type { ResponsesRequest } from './prompts.ts';
/**
 * The response as it is on the wire: the client's package computes `output_text` itself, its type lacks `store` and the
 * null `usage` of a response that runs, and `access_programs` has no meaning here.
 */
export type WireResponse = Omit<Response, 'output_text' | 'access_programs' | 'usage'> & {
    readonly store: boolean;
    readonly usage: ResponseUsage | null;
};
type WireEvent = ResponseStreamEvent extends infer E ? E extends {
    response: Response;
} ? Omit<E, 'response'> & {
    response: WireResponse;
} : E : never;
export declare class ResponseRecord {
    #private;
    readonly id: string;
    readonly run: ResponseRun;
    readonly background: boolean;
    readonly streamed: boolean;
    constructor(request: ResponsesRequest, run: ResponseRun);
    /** The response as it is now. */
    get response(): WireResponse;
    /** The event with that `sequence_number`; undefined where it has not happened yet, or never will. */
    eventAt(sequence: number): WireEvent | undefined;
}
export {};
