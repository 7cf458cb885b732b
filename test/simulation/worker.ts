// Plays batches of seeds in a thread of its own.
import { parentPort } from 'node:worker_threads'
import { type Batch, playBatch } from './batch.ts'

parentPort?.on('message', async (batch: Batch) => parentPort?.postMessage(await playBatch(batch)))
