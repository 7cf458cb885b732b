/** The widget's elements, and a way to teach them another language. */
import { BatonChat } from './chat-element.js';
import { define } from './define.js';
import { BatonLauncher } from './launcher-element.js';
export { registerLocale } from './locales/index.js';
export { BatonChat, BatonLauncher };
define('baton-chat', BatonChat);
define('baton-launcher', BatonLauncher);
//# sourceMappingURL=index.js.map