/** For programs that need no setting of Baton's, so that no secret of the user's is theirs to lose. */
export declare function plainEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
/**
 * For replicas, who work in another directory: everything, with paths that hold there. Without what is nearly spelt like
 * a setting: the stack has warned of it, and each replica would again.
 */
export declare function replicaEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
