// The load generator: many clients in one process, cheap enough to leave the machine to what is measured.
import { serve } from '../lib/remote.ts'
import { bystanders } from './bystanders.ts'
import { crowd } from './crowd.ts'
import { streams } from './streams.ts'

const methods = { ...streams, ...crowd, ...bystanders }

export type ClientsProcess = typeof methods

serve<ClientsProcess>(methods)
