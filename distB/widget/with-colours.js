/** Gives code its colours, in a bundle too (`import '@baton-chat/client/widget/colours'`): what does that is loaded when there is code for the first time. */
import { colourBy } from './colour-source.js';
colourBy(() => import('./colours.js'));
//# sourceMappingURL=with-colours.js.map