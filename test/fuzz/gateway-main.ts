/** The product's entry; on SIGUSR2 it collects its garbage, so that what is still held can be measured. */
import { join } from 'node:path'

process.on('SIGUSR2', () => globalThis.gc?.())

await import(join(import.meta.dirname, '../../dist/main.js'))
