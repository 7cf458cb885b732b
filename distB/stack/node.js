import { join } from 'node:path';
import { installation } from './settings.js';
const OLDEST = 24;
/** The runtime for children: this one, or the one among the packages where this one is too old (a first `npm start`). */
export const nodeBinary = Number.parseInt(process.versions.node, 10) >= OLDEST
    ? process.execPath
    : join(installation, 'node_modules/node/bin/node');
//# sourceMappingURL=node.js.map