/** Text that makes a replica which runs faulty-main.ts throw wherever it is measured. */
export const BUG = '[meets a bug]'
/** The same in JSON, which has to be parsed before it does. */
export const BUG_IN_JSON = '[meets a \\u0062ug]'
/** The message of what is thrown. */
export const BUG_THROWN = 'a bug of the test'
