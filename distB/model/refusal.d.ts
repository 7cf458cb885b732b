import type { IncomingHttpHeaders } from 'node:http';
import { ModelError } from '../ports/model.ts';
/** A provider's refusal to answer, or to go on with an answer, in its own words: with a status, or inside a stream. */
export declare class Refusal extends Error {
    readonly name = "Refusal";
    /** Of the reply; null where the refusal came inside a stream. */
    readonly status: number | null;
    readonly complaint: Complaint;
    readonly retryAfterMs: number | undefined;
    constructor(status: number | null, complaint: Complaint, retryAfterMs?: number | undefined);
}
/** What is known of a provider's complaint, whatever shape it had. */
export interface Complaint {
    /** Codes and types by which the provider calls it. */
    readonly names: readonly string[];
    /** The member of the request that it is about; '' where it names none. */
    readonly param: string;
    /** An HTTP status that stands inside it. */
    readonly status: number | null;
    /** Its sentences: for the operator, and to be searched; never for the user. */
    readonly words: string;
}
/** Reads a complaint: an error object of any provider, `{ error }` around one, or a mere text. */
export declare function complaintOf(said: unknown): Complaint;
/** The same of the body of a reply that is no answer. */
export declare function complaintIn(body: string): Complaint;
/** What a refusal is to the caller (F6): whether asking again may help, and a sentence that quotes nothing. */
export declare function judged({ status: outer, complaint, retryAfterMs }: Refusal): ModelError;
/** What `retry-after-ms` or `Retry-After` (seconds or a date) asks for, in milliseconds; undefined where they ask for nothing. */
export declare function retryAfterMs(headers: IncomingHttpHeaders, now: number): number | undefined;
