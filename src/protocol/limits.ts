/** Limits of the wire that are not settings. SPEC.md states each of them. */

/** Bytes of one WebSocket frame or one HTTP body; beyond it the connection is closed, or the body is `too_large`. */
export const MAX_FRAME_BYTES = 128 * 1024

/** UTF-8 bytes of the JSON of a message's `metadata` as a sender may give it. */
export const MAX_METADATA_BYTES = 8 * 1024
/** Levels of objects and lists in it, itself included. */
export const MAX_METADATA_DEPTH = 64

/** Characters of a user id. */
export const MAX_USER_ID_LENGTH = 256

/** Most messages that one `session:history` gives, and how many where the caller names no number. */
export const MAX_HISTORY_LIMIT = 1000
export const DEFAULT_HISTORY_LIMIT = 50

/** Most sessions of a page of a user's list (but for those of one and the same activity), and how many without a number. */
export const MAX_LIST_LIMIT = 1000
export const DEFAULT_LIST_LIMIT = 100
/** UTF-8 bytes of JSON that the messages of one snapshot or one page of the history take; a single message may take more. */
export const MAX_MESSAGES_BYTES = 1024 * 1024 - 1024
/** Of a token in `auth:renew`, in characters: longer ones pass through no HTTP header either. */
export const MAX_TOKEN_LENGTH = 16 * 1024
