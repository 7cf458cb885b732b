import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { StateFile } from '../../src/cli/state-file.ts'
import { BatonClient } from '../../src/client/index.ts'
import { ownerOf } from '../fault/fixtures.ts'
import { BATON, BatonProgram } from '../support/baton-program.ts'
import { type Cluster, startCluster } from '../support/cluster.ts'
import { eventually, Latch } from '../support/conditions.ts'
import { event, fail, silence } from '../support/scripted-model.ts'
import type { Terminal } from '../support/terminal.ts'

const UNKNOWN = '0b0a2f0e-7b8e-4d4f-8f8e-2f9b6d1c1a01'

let cluster: Cluster
const baton = new BatonProgram()

beforeAll(async () => {
  cluster = await startCluster({ replicas: 2, nginx: true, env: { LLM_RETRIES: '0', LLM_REASONING: 'show' } })
})
afterAll(() => cluster?.stop())

const pipe = (input: string, ...args: string[]) => baton.pipe(input, ...args)
const chat = (input: string, ...args: string[]) => pipe(input, 'chat', ...args, cluster.urlOf('nginx'))

function terminal(...args: string[]): Terminal {
  return baton.terminal(process.execPath, BATON, 'chat', ...args, cluster.urlOf('nginx'))
}

/** Resolves, with the session's id, once the running answer reads so to another client of the session that is kept in the file. */
async function reads(content: string): Promise<string> {
  const sessionId = await eventually('a session is kept', () => {
    const [file] = existsSync(join(baton.home, 'baton'))
      ? readdirSync(join(baton.home, 'baton')).filter(isStateFile)
      : []
    return file && JSON.parse(readFileSync(join(baton.home, 'baton', file), 'utf8'))['baton:session']
  })
  const entries = new Map([['baton:session', sessionId]])
  const storage = { getItem: (key: string) => entries.get(key) ?? null, setItem() {}, removeItem() {} }
  const watcher = new BatonClient({ url: cluster.urlOf('nginx'), storage })
  try {
    await watcher.open()
    await eventually(`the answer reads ${content}`, () => watcher.state.messages.at(-1)?.content === content)
  } finally {
    watcher.close()
  }
  return sessionId
}

const isStateFile = (name: string) => name.endsWith('.json')

describe('baton chat in a pipe', () => {
  test('writes the answer and nothing else, and goes on with the same session the next time', async () => {
    cluster.model.say('# An *answer*, 四🏽')
    expect(await chat('first question\n').ended).toEqual({ code: 0, out: '# An *answer*, 四🏽\n', err: '' })
    cluster.model.say('another\n')
    expect(await chat('second question').ended).toEqual({ code: 0, out: 'another\n', err: '' })
    const asked = () => cluster.model.requests.at(-1)?.turns.filter(({ role }) => role === 'user').length
    expect(asked()).toBe(2)
    const [file = ''] = readdirSync(join(baton.home, 'baton'))
    expect(statSync(join(baton.home, 'baton', file)).mode & 0o777).toBe(0o600)

    await chat('in a new one', '--new').ended
    expect(asked()).toBe(1)
  })

  test('[F2] the replica that writes is killed in the middle: the text is whole', async () => {
    const latch = cluster.model.saysInTwo('the first half, ', 'and the second')
    const { ended } = chat('go')
    const sessionId = await reads('the first half, ')
    const owner = cluster.replica((await ownerOf(cluster.inspect(), sessionId)) ?? -1)
    await owner.kill()
    latch.open()
    try {
      expect(await ended).toEqual({ code: 0, out: 'the first half, and the second\n', err: '' })
    } finally {
      await owner.start()
    }
  })

  test('whoever reads it may go away: it ends without a word', async () => {
    const latch = new Latch()
    cluster.model.script(async function* () {
      await latch.opened
      yield 'a long answer\n'.repeat(20_000)
    })
    const child = baton.own(spawn(process.execPath, [BATON, 'chat', cluster.urlOf('nginx')], { env: baton.env }))
    child.stdin.end('first question')
    child.stdout.destroy()
    latch.open()
    const [[code], complaint] = await Promise.all([once(child, 'exit'), text(child.stderr)])
    expect([code, complaint]).toEqual([0, ''])
  })

  test('Ctrl-C stops the answer at the gateway and writes what there is: 130', async () => {
    cluster.model.script(() => ['so far', silence])
    const before = cluster.model.disconnects
    const { child, ended } = chat('go')
    await reads('so far')
    child.kill('SIGINT')
    expect(await ended).toEqual({ code: 130, out: 'so far\n', err: '' })
    await cluster.model.until(() => cluster.model.disconnects > before)
  })

  test('an answer that fails: 1, with its text and the reason', async () => {
    cluster.model.script(() => ['so far', fail()])
    const { code, out, err } = await chat('go').ended
    expect([code, out]).toEqual([1, 'so far\n'])
    expect(err).toMatch(/^baton: .+/)
  })

  test('arguments that cannot be used: 2; a session that is not there: 1, and the stored one stays', async () => {
    cluster.model.say('hello')
    await chat('hi').ended
    for (const args of [
      ['chat'],
      ['chat', 'ftp://x'],
      ['chat', '--session', 'x', 'localhost'],
      ['chat', '--what', 'x'],
      ['x'],
    ]) {
      expect((await pipe('hi', ...args).ended).code).toBe(2)
    }
    const { code, err } = await chat('hi', '--session', UNKNOWN).ended
    expect([code, err]).toEqual([1, `baton: the session ${UNKNOWN} is unknown or has expired\n`])
    await chat('again').ended
    expect(cluster.model.requests.at(-1)?.turns.filter(({ role }) => role === 'user')).toHaveLength(2)
  })

  test('gateways under two prefixes of one host do not share a conversation', () => {
    const pathOf = (url: string) => StateFile.of(url, baton.env).path
    expect(pathOf('http://localhost:8080/')).toBe(join(baton.home, 'baton', 'localhost_8080.json'))
    expect(pathOf('http://localhost:8080/sales')).toBe(join(baton.home, 'baton', 'localhost_8080_sales.json'))
  })

  test('[S6] each user has a conversation of their own', async () => {
    cluster.model.say('hello')
    await chat('of Ada', '--user', 'ada').ended
    await chat('of Bob', '--user', 'bob').ended
    await chat('of Ada again', '--user', 'ada').ended
    const asked = cluster.model.requests.at(-1)?.turns.filter(({ role }) => role === 'user')
    expect(asked?.map(({ content }) => content)).toEqual(['of Ada', 'of Ada again'])
  })

  test('--help and --version', async () => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'))
    expect(await pipe('', '--version').ended).toEqual({ code: 0, out: `${version}\n`, err: '' })
    for (const args of [['--help'], ['chat', '--help']])
      expect((await pipe('', ...args).ended).out).toContain('baton chat')
  })

  test('a command that is not there, an argument for the gateway, a Node.js that is too old: said in a line', async () => {
    expect(await pipe('', 'talk').ended).toMatchObject({ code: 2, err: expect.stringContaining('no command "talk"') })
    expect(await pipe('', 'gateway', '--help').ended).toMatchObject({ code: 0, err: '' })
    expect(await pipe('', 'gateway', '--port=1').ended).toMatchObject({ code: 2, out: '' })
    const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })`
    const preload = `data:text/javascript,${encodeURIComponent(pretend)}`
    for (const program of [BATON, BATON.replace(/baton\.js$/, 'main.js')]) {
      const old = baton.own(spawn(process.execPath, ['--import', preload, program]))
      const [[code], said] = await Promise.all([once(old, 'exit'), text(old.stderr)])
      expect([code, said]).toEqual([
        1,
        expect.stringMatching(/^baton: this is Node\.js 20\.20\.2; \d+ or newer is needed\n$/),
      ])
    }
  })
})

describe('baton chat at a terminal', () => {
  test('streams, stops on Ctrl-C, shows the history the next time, and leaves on Ctrl-C', async () => {
    cluster.model.script(() => ['**so far**, ', silence])
    const first = terminal()
    await first.shows('› ')
    first.type('a question\r')
    const before = cluster.model.disconnects
    await first.shows('**so far**, ')
    first.type('\u0003')
    const stopped = await first.shows('(stopped)')
    await cluster.model.until(() => cluster.model.disconnects > before)
    await first.shows('› ', stopped)
    cluster.model.say('the second try')
    first.type('/again\r')
    const again = await first.shows('the second try', stopped)
    await first.shows('› ', again)
    first.type('\u0003')
    expect(await first.ended()).toBe(0)

    const second = terminal()
    await second.shows('› a question\nthe second try\n› ')
    second.type('/quit\r')
    expect(await second.ended()).toBe(0)
  })

  test('[S6] /list tells the user’s sessions, and /open goes on with one; nobody’s are not told', async () => {
    cluster.model.say('red or green')
    await chat('about apples', '--user', 'ada').ended
    cluster.model.say('yellow')
    await chat('about pears', '--user', 'ada', '--new').ended
    const known = terminal('--user', 'ada')
    const begun = await known.shows('about pears\nyellow\n› ')
    known.type('/open 7\r')
    const refused = await known.shows('/list tells the numbers there are\n› ', begun)
    known.type('/list\r')
    const listed = await known.shows('› ', await known.shows('/open and a number', refused))
    expect(known.screen.slice(refused)).toMatch(/ 1 .* {2}about pears\n 2 .* {2}about apples\n/)
    known.type('/open 2\r')
    await known.shows('› about apples\nred or green\n› ', listed)

    const stranger = terminal('--new')
    const ready = await stranger.shows('› ')
    stranger.type('/list\r')
    await stranger.shows('user_id', ready)
  })

  test('[S6] /more tells the sessions that no longer fit into the list, and they can be opened', async () => {
    const make = () => fetch(`${cluster.urlOf('nginx')}/api/chat/sessions?user_id=grace`, { method: 'POST' })
    const first = (await (await make()).json()) as { session_id: string }
    for (let i = 1; i < 45; i++) await make()
    const known = terminal('--user', 'grace', '--session', first.session_id)
    let at = await known.shows('› ')
    known.type('/list\r')
    at = await known.shows('/more tells those before.\n› ', at)
    expect(known.screen).not.toMatch(/^45 /m)
    for (let told = 1; !/^45 /m.test(known.screen); told++) {
      expect(told).toBeLessThan(4)
      known.type('/more\r')
      at = await known.shows('/open and a number', at)
      at = await known.shows('› ', at)
    }
    known.type('/more\r')
    at = await known.shows('There are no more.\n› ', at)
    known.type('/open 45\r')
    await known.shows('Session ', at)
  })

  test('breaks its lines between words', async () => {
    cluster.model.say('alpha beta gamma delta epsilon zeta')
    const sh = `stty cols 20; exec ${process.execPath} ${BATON} chat ${cluster.urlOf('nginx')}`
    const narrow = baton.terminal('sh', '-c', sh)
    await narrow.shows('› ')
    narrow.type('hello\r')
    await narrow.shows('epsilon zeta')
    expect(narrow.written).toContain('\u001b[2D\u001b[K\r\n')
    expect(narrow.screen).toContain('\ndelta epsilon zeta')
  })

  test('[F7] what the model thinks is shown, dimmed, until its text comes', async () => {
    const thinks = (reasoning_content: string) => event({ choices: [{ index: 0, delta: { reasoning_content } }] })
    const [more, enough] = [new Latch(), new Latch()]
    cluster.model.script(async function* () {
      yield thinks('One thing\u0007, ')
      await more.opened
      yield thinks('and another.')
      await enough.opened
      yield 'The answer.'
    })
    const program = terminal()
    await program.shows('› ')
    program.type('go\r')
    const begun = await program.shows('Thinking…\nOne thing\ufffd, ')
    more.open()
    await program.shows('and another.', begun)
    enough.open()
    await program.shows('Thinking…\nOne thing\ufffd, and another.\nThe answer.\n› ')
    expect(program.written).toContain('\u001b[2mand another.\u001b[22m')
    program.type('\u0004')
    expect(await program.ended()).toBe(0)
  })

  test('[W3] a running answer goes on where the program was left', async () => {
    const latch = cluster.model.saysInTwo('half ', 'and half')
    const first = terminal()
    await first.shows('› ')
    first.type('go\r')
    await first.shows('half ')
    first.close()
    const second = terminal()
    await second.shows('› go\nhalf ')
    latch.open()
    await second.shows('half and half\n› ')
    second.type('\u0004')
    expect(await second.ended()).toBe(0)
  })
})
