import type { Registry } from 'prom-client';
import type { Build } from '../ports/build.ts';
import type { Backend } from '../protocol/message.ts';
import type { App } from './context.ts';
export interface HealthContext {
    readonly replica: string;
    readonly build: Build;
    readonly readiness: () => {
        readonly ready: boolean;
        readonly reason?: string;
    };
    readonly backend: () => Backend;
}
/** What supervisors and whatever stands in front ask: no authentication, not logged above `debug`. */
export declare function registerHealth(app: App, { replica, build, readiness, backend }: HealthContext): void;
/** What Prometheus asks, on the same terms. */
export declare function registerMetrics(app: App, registry: Registry): void;
