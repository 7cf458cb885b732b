import { BatonLauncher } from './launcher-element.ts';
export { registerLocale } from './locales/index.ts';
export { BatonLauncher };
