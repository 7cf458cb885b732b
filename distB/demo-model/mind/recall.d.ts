/** What was said earlier: found in the messages of the request, for there is no other memory. */
import { type Inquiry } from './inquiry.ts';
/** Answers questions about the conversation itself; undefined for any other. */
export declare function recall(inquiry: Inquiry): string | undefined;
/** The name that the user gave, the latest one where there were several. */
export declare function nameOf(inquiry: Inquiry): string | undefined;
