import type { ConversationDeps, ConversationEngine } from './engine.ts';
/** Puts the parts of one replica together, as a token passes them: model, runner, writer, publisher, feeds. */
export declare function createConversations(deps: ConversationDeps): ConversationEngine;
