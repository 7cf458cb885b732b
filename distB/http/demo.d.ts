import type { Settings } from '../config/settings.ts';
import type { ConversationApi } from '../conversation/api.ts';
import type { App } from './context.ts';
export interface DemoContext {
    readonly api: ConversationApi;
    readonly settings: Pick<Settings, 'DATA_DIR' | 'TRUST_PROXY' | 'BASE_PATH'>;
    readonly replica: string;
}
/** The stage's routes (W5), which exist only with DEMO=1: the stack as it is, and blows to its processes. */
export declare function registerDemo(app: App, { api, settings, replica }: DemoContext): void;
