import * as nodeModule from 'node:module' // as a whole: an older Node.js has not all of it
import { join } from 'node:path'
import { requireNode } from './node-version.ts'

requireNode()
// What V8 makes of the code is kept for the next start. Where this folder cannot be written, nothing is.
nodeModule.enableCompileCache(join(import.meta.dirname, '.compiled'))
const { started } = await import('./replica.ts')
await started
nodeModule.flushCompileCache()
