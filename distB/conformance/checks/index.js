import { access } from './access.js';
import { errors } from './errors.js';
import { http } from './http.js';
import { messages } from './messages.js';
import { olderApi } from './older-api.js';
import { beyond } from './out-of-reach.js';
import { serverEvents } from './server-events.js';
import { sessions } from './sessions.js';
import { streaming } from './streaming.js';
/** Every check, in the order in which they run. */
export const checks = [
    ...sessions,
    ...messages,
    ...streaming,
    ...errors,
    ...access,
    ...http,
    ...serverEvents,
    ...olderApi,
    ...beyond,
];
//# sourceMappingURL=index.js.map