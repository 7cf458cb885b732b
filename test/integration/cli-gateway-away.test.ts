import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { BATON, BatonProgram } from '../support/baton-program.ts'
import { eventually } from '../support/conditions.ts'
import { refused, ScriptedGateway } from '../support/scripted-gateway.ts'

const baton = new BatonProgram()
let gateway: ScriptedGateway
let url: string

beforeEach(async () => {
  gateway = await ScriptedGateway.start()
  url = gateway.url
})
afterEach(() => gateway.close())

const chat = (input: string, ...args: string[]) => baton.pipe(input, 'chat', ...args, url)
const terminal = (...args: string[]) => baton.terminal(process.execPath, BATON, 'chat', ...args, url)

/** It answers each message with this. */
function says(content: string): void {
  gateway.on('message:send', (request) => {
    const { answer } = gateway.take(request)
    gateway.messages = gateway.messages.map((one) => (one.id === answer.id ? { ...one, content } : one))
    return gateway.take(request)
  })
}

/** Another replica, at the same place, with what the one that went has. */
async function comesBack(): Promise<void> {
  const { sessionId, messages } = gateway
  gateway = await ScriptedGateway.start(undefined, Number(new URL(url).port))
  Object.assign(gateway, { sessionId, messages })
}

/** Asks at a terminal that is closed before the gateway has acknowledged it. */
async function leaveUnsent(question: string): Promise<void> {
  gateway.on('message:send', () => null)
  const left = terminal()
  await left.shows('› ')
  left.type(`${question}\r`)
  await gateway.until(() => gateway.sent('message:send').length > 0)
  left.close()
  await left.ended()
}

const asked = () => new Set(gateway.sent('message:send').map(({ content }) => content))

/** The only state file there is. */
function stored(): Record<string, string> {
  const folder = join(baton.home, 'baton')
  const [file = '', ...more] = readdirSync(folder)
  expect(more).toEqual([])
  return JSON.parse(readFileSync(join(folder, file), 'utf8'))
}

describe('a question in a pipe is for this call', () => {
  test('what was given up is not sent by the next one', async () => {
    gateway.on('message:send', () => null)
    const { child, ended } = chat('given up')
    await gateway.until(() => asked().has('given up'))
    child.kill()
    await ended
    gateway.requests.length = 0
    says('Because.')
    expect(await chat('Why?').ended).toEqual({ code: 0, out: 'Because.\n', err: '' })
    expect([...asked()]).toEqual(['Why?'])
  })

  test('what was refused is not kept', async () => {
    gateway.on('message:send', () => refused('invalid'))
    expect(await chat('Why?').ended).toEqual({ code: 1, out: '', err: 'baton: invalid\n' })
    expect(stored()).toEqual({ 'baton:session': gateway.sessionId })
  })

  test('what was left at a terminal stays for it, and goes with its conversation', async () => {
    await leaveUnsent('typed before')
    gateway.requests.length = 0
    says('Because.')
    await chat('Why?').ended
    expect([...asked()]).toEqual(['Why?'])
    expect(stored()['baton:outbox']).toContain('typed before')
    await chat('Why?', '--new').ended
    expect(stored()).toEqual({ 'baton:session': gateway.sessionId })
  })
})

test('[W3] into a pipe a lost gateway is told beside the answer, and that it is back', async () => {
  gateway.on('message:send', () => null)
  const { child, ended } = chat('Why?')
  let told = ''
  child.stderr?.on('data', (text) => {
    told += text
  })
  await gateway.until(() => asked().has('Why?'))
  await gateway.close()
  await eventually('it is told', () => told.includes('; trying again)\n'))
  await comesBack()
  says('Because.')
  expect(await ended).toMatchObject({ code: 0, out: 'Because.\n' })
  expect(told).toMatch(/^\(.+; trying again\)\n\(connected again\)\n$/)
})

describe('what was left at a terminal stays where another session cannot be opened', () => {
  let before: Record<string, string>
  beforeEach(async () => {
    await leaveUnsent('typed before')
    before = stored()
    expect(before['baton:outbox']).toContain('typed before')
  })

  test('because it is unknown', async () => {
    expect(await chat('Why?', '--session', randomUUID()).ended).toMatchObject({ code: 1 })
    expect(stored()).toEqual(before)
    expect(await terminal('--session', randomUUID()).ended()).toBe(1)
    expect(stored()).toEqual(before)
  })

  test('[W3] because no gateway answers: --session, --new', async () => {
    await gateway.close()
    // Each waits for as long as a gateway is waited for, and neither touches what both read.
    const both = [chat('Why?', '--session', randomUUID()), chat('Why?', '--new')]
    for (const { ended } of both) expect(await ended).toMatchObject({ code: 1 })
    expect(stored()).toEqual(before)
  })

  test.each([['--session', randomUUID()], ['--new']])('[W3] because it was not waited for: %s', async (...args) => {
    gateway.on('session:open', () => null)
    gateway.requests.length = 0
    const { child, ended } = chat('Why?', ...args)
    await gateway.until(() => gateway.sent('session:open').length > 0)
    child.kill('SIGINT')
    await ended
    expect(stored()).toEqual(before)
  })
})

describe('at a terminal', () => {
  test('what had not reached the gateway is sent at the next start, and shown with its answer', async () => {
    await leaveUnsent('typed before')
    says('Because.')
    const next = terminal()
    await next.shows('› typed before\nBecause.\n› ')
    expect(gateway.messages.map(({ content }) => content)).toEqual(['typed before', 'Because.'])
    expect(stored()).toEqual({ 'baton:session': gateway.sessionId })
  })

  test('what was said in one conversation is not sent into another', async () => {
    await leaveUnsent('typed before')
    gateway.sessionId = randomUUID()
    gateway.requests.length = 0
    says('Because.')
    const next = terminal('--session', gateway.sessionId)
    next.type('Why?\r')
    await next.shows('Because.\n› ')
    expect([...asked()]).toEqual(['Why?'])
  })

  test('a lost gateway is told, what Ctrl-C does then, and that it is back', async () => {
    const program = terminal()
    const ready = await program.shows('› ')
    await gateway.close()
    program.type('Why?\r')
    const lost = await program.shows('; trying again)\n', ready)
    program.type('\u0003')
    await program.shows('Ctrl-C again leaves', lost)
    await comesBack()
    says('Because.')
    await program.shows('(connected again)\nBecause.\n› ', lost)
    expect(program.screen.match(/trying again/g)).toHaveLength(1)
    program.type('\u0004')
    expect(await program.ended()).toBe(0)
  })

  test('in the middle of an answer it is told on a line of its own', async () => {
    gateway.on('message:send', (request) => {
      const taken = gateway.take(request)
      return { ...taken, answer: { ...taken.answer, status: 'streaming', content: 'half ' } }
    })
    const program = terminal()
    await program.shows('› ')
    program.type('Why?\r')
    await program.shows('half ')
    await gateway.close()
    const lost = await program.shows('; trying again)\n')
    expect(program.screen.slice(0, lost)).toMatch(/\nhalf \n\(.+; trying again\)\n$/)
    gateway.messages = gateway.messages.map((one) => (one.role === 'user' ? one : { ...one, content: 'half and half' }))
    await comesBack()
    await program.shows('(connected again)\nand half\n› ', lost)
  })

  test('it is told while another conversation is opened, too', async () => {
    const program = terminal()
    const ready = await program.shows('› ')
    await gateway.close()
    program.type('/new\r')
    const lost = await program.shows('; trying again)\n', ready)
    await comesBack()
    await program.shows('(connected again)\nSession ', lost)
  })
})

describe('a state file that is of no use', () => {
  test('`--session` works where nothing can be kept', async () => {
    writeFileSync(join(baton.home, 'baton'), 'no folder')
    says('Because.')
    const { ended } = chat('Why?', '--session', gateway.sessionId)
    expect(await ended).toEqual({ code: 0, out: 'Because.\n', err: '' })
  })

  test.each(['null', '[]', '7', '{"baton:session":7}', '{'])('that holds %s is as good as none', async (content) => {
    const file = join(baton.home, 'baton', `${new URL(url).host.replace(':', '_')}.json`)
    mkdirSync(join(baton.home, 'baton'))
    writeFileSync(file, content)
    says('Because.')
    expect(await chat('Why?').ended).toEqual({ code: 0, out: 'Because.\n', err: '' })
    expect(JSON.parse(readFileSync(file, 'utf8'))['baton:session']).toBe(gateway.sessionId)
  })
})
