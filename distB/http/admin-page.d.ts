import type { App } from './context.ts';
/** Says of every answer to an operator: nobody caches it, and no page frames it. */
export declare function setAdminHeaders(app: App): void;
/** `/admin`, where it was built. */
export declare function registerAdminPage(app: App, directory: string): void;
