import { enableCompileCache, flushCompileCache } from 'node:module'
import { join } from 'node:path'

// What V8 makes of the code is kept for the next start. Where this folder cannot be written, nothing is.
enableCompileCache(join(import.meta.dirname, '.compiled'))
const { started } = await import('./replica.ts')
await started
flushCompileCache()
