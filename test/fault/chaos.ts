/**
 * `npm run chaos`: the fault lab, in a session of its own. A terminal's Ctrl-C reaches every process of its group at once,
 * and would end Redis, nginx and the replicas under the lab's hands; so the lab alone is told, and ends them in order.
 */
import { spawn } from 'node:child_process'
import { join } from 'node:path'

const lab = spawn(process.execPath, [join(import.meta.dirname, 'chaos/main.ts'), ...process.argv.slice(2)], {
  detached: true,
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'], // by the channel it notices that this process is gone
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => lab.kill(signal))
lab.on('exit', (code) => process.exit(code ?? 2))
