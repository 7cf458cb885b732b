import { type Operators } from '../access/operators.ts';
import type { ConversationApi } from '../conversation/api.ts';
import type { Reports } from '../conversation/reports.ts';
import { type AdminAccess } from './admin-access.ts';
import type { App } from './context.ts';
export interface AdminContext extends AdminAccess {
    readonly api: ConversationApi;
    readonly reports: Reports;
    readonly operators: Operators;
    readonly replica: string;
    /** The built page; may be absent. */
    readonly adminDir: string;
}
/** `/admin`: what operators look at, and what they can do. Exists only where `ADMIN_TOKEN` is set. */
export declare function registerAdmin(app: App, context: AdminContext): Promise<void>;
