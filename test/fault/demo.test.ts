/** `npm run demo`: exits 0 only where the answer came whole (R3). */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify, stripVTControlCharacters } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { findingsOf } from '../../src/demo/proof.ts'
import { rowsOf, scaleOf } from '../../src/demo/timeline.ts'

const DEMO = join(import.meta.dirname, '../../dist/demo/main.js')
const run = promisify(execFile)

const temporary = mkdtempSync(join(tmpdir(), 'baton-demo-test-'))
afterAll(() => rmSync(temporary, { recursive: true }))

function demo(args: readonly string[], env: Record<string, string>): Promise<{ stdout: string }> {
  const { PATH = '', HOME = '/' } = process.env
  return run(process.execPath, [DEMO, ...args], {
    env: { PATH, HOME, TMPDIR: temporary, DEMO_TOKENS_PER_SECOND: '120', ...env },
  })
}

const SETTINGS: Record<string, string>[] = [
  { LLM_API: 'responses' },
  { LLM_API: 'chat', LLM_CONTINUE: 'instruct' },
  { LLM_API: 'chat', LLM_CONTINUE: 'prefix' },
  { LLM_API: 'chat', LLM_CONTINUE: 'vllm' },
]

for (const env of SETTINGS) {
  test(`[R3] the demo ends whole with ${Object.values(env).join(', ')}, and leaves nothing behind`, async () => {
    const { stdout } = await demo([], env)
    expect(stdout).toContain('The answer is whole.')
    expect(stdout).not.toContain('✗')
    expect(stdout).toMatch(/\+\d+ ms {2}r\d has taken the answer over/)
    if (env.LLM_API === 'responses') expect(stdout).toContain('generated once')
    expect(stdout).toBe(stripVTControlCharacters(stdout)) // plain where it is no terminal
    expect(readdirSync(temporary)).toEqual([])
  })
}

test('[R3] settings that are not for the demo do not count', async () => {
  const { stdout } = await demo([], {
    TRUST_USER_ID: '0',
    CONNECT_LIMIT: '1',
    LLM_MAX_TOKENS: '5',
    MAX_ANSWERS_PER_USER: '1',
    ALLOWED_ORIGINS: 'https://elsewhere.example',
    REDIS_URL: 'redis://elsewhere.invalid',
    ADMIN_TOKEN_FILE: '/nowhere',
    OPS_PORT: 'none',
    HEALTH_TIMEOUT_MS: 'soon',
    NODE_USE_ENV_PROXY: '1',
    HTTP_PROXY: 'http://127.0.0.1:9',
  })
  expect(stdout).toContain('The answer is whole.')
})

test('[R3] it exits 1 where the answer did not come whole, and says why', async () => {
  await expect(demo([], { LLM_RESUME: 'none' })).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/✗ the message ended as error.*The answer is NOT whole\..*Logs: /s),
  })
})

test('--help says what there is; a wrong argument is refused', async () => {
  expect((await demo(['--help'], {})).stdout).toContain('--freeze')
  await expect(demo(['--thaw'], {})).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('--thaw') })
})

const EVIDENCE = {
  fault: 'kill',
  undisturbed: { text: 'all of it', tokens: 3 },
  tokens: 3,
  reattaches: true,
  restarts: false,
  final: {
    id: 'a',
    seq: 2,
    role: 'assistant',
    content: 'all of it',
    status: 'complete',
    attempt: 1,
    createdAt: '',
    metadata: { replicas: ['r1', 'r2'] },
  },
  viewers: [{ name: 'the client', shown: 'all of it', wasTakenBack: false }],
} as const

test('the proof fails where anything of it fails', () => {
  const holds = (evidence: Parameters<typeof findingsOf>[0]) => findingsOf(evidence).every((finding) => finding.holds)
  expect(holds(EVIDENCE)).toBe(true)
  const viewer = EVIDENCE.viewers[0]
  expect(holds({ ...EVIDENCE, viewers: [{ ...viewer, shown: 'all of of it' }] })).toBe(false)
  expect(holds({ ...EVIDENCE, viewers: [{ ...viewer, wasTakenBack: true }] })).toBe(false)
  expect(holds({ ...EVIDENCE, tokens: 4 })).toBe(false)
  expect(holds({ ...EVIDENCE, tokens: 4, reattaches: false })).toBe(true)
  expect(holds({ ...EVIDENCE, final: { ...EVIDENCE.final, metadata: { replicas: ['r1'] } } })).toBe(false)
  expect(holds({ ...EVIDENCE, final: { ...EVIDENCE.final, status: 'error' } })).toBe(false)
  expect(holds({ ...EVIDENCE, final: undefined })).toBe(false)
})

test('the timeline shows who wrote when', () => {
  const happened = {
    replicas: ['r1', 'r2', 'r3'],
    spans: [
      { replica: 'r1', from: 0, to: 500 },
      { replica: 'r3', from: 500, to: 1000 },
    ],
    struck: { replica: 'r1', at: 400, isGone: true },
    total: 1000,
  }
  expect(rowsOf(happened, 11)).toEqual(['━━━━✕      ', '···········', '·····━━━━━●'])
  expect(scaleOf(3000, 31)).toBe('0 s       1 s       2 s')
})
