import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'vitest'
import { eventually } from '../support/conditions.ts'
import { ScriptedGateway } from '../support/scripted-gateway.ts'
import { Terminal } from '../support/terminal.ts'

const BATON = join(import.meta.dirname, '../../dist/baton.js')

test('the last line of what was pasted is not lost', async () => {
  const home = mkdtempSync(join(tmpdir(), 'baton-home-'))
  const gateway = await ScriptedGateway.start()
  gateway.on('message:send', (request) => gateway.take(request))
  const env = { PATH: process.env.PATH ?? '', TERM: 'xterm-256color', XDG_STATE_HOME: home }
  const terminal = new Terminal([process.execPath, BATON, 'chat', gateway.url], env)
  try {
    await terminal.shows('› ')
    terminal.type('Translate this:\rone\rtwo') // as a terminal sends three pasted lines
    await eventually('sent', () => gateway.messages.length === 2)
    terminal.type('\r')
    await eventually('all of it is', () => gateway.messages.some(({ content }) => content.includes('two')))
  } finally {
    terminal.close()
    await gateway.close()
    rmSync(home, { recursive: true, force: true })
  }
})
