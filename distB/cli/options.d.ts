export interface ChatOptions {
    /** Of the gateway, with its scheme. */
    readonly url: string;
    readonly userId: string | undefined;
    /** The session to go on with instead of the stored one. */
    readonly session: string | undefined;
    readonly isNew: boolean;
}
/** Arguments that cannot be used; the message says which. */
export declare class UsageError extends Error {
    readonly name = "UsageError";
}
export declare const usage = "Talks to a Baton gateway in the terminal. The conversation is kept, and goes on where it was the next time.\n\n  baton chat [options] <url>\n  echo \"What is Baton?\" | baton chat <url>    writes the answer only, and exits\n\n  --new              begin a new conversation\n  --session <id>     go on with this one\n  --user <id>        whose conversation it is\n  -h, --help         this\n\nIn the chat: Ctrl-C stops the running answer; once more, or while none runs, it leaves. /help lists the commands.\nBATON_TOKEN holds the token of a gateway with AUTH=jwt; NO_COLOR=1 leaves the colours out. The conversation's id is kept\nunder $XDG_STATE_HOME/baton (~/.local/state/baton).\n\nExits with 0; 1 where the gateway cannot be reached or the answer failed; 2 for wrong arguments; 130 where an answer\nthat is written to a pipe was interrupted.\n";
/** Reads the arguments behind `baton chat`; null where help is wanted. Throws `UsageError`. */
export declare function readOptions(args: readonly string[]): ChatOptions | null;
/** The one URL of a command's arguments; `localhost:8080` is as good as `http://localhost:8080`. Throws `UsageError`. */
export declare function gatewayUrl([address, ...more]: readonly string[]): string;
