/** Where `npm run loadtest` takes k6 from. The tools are scripts that say what those of their name say. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { getK6, NoK6, VERSION } from '../../loadtest/runner/k6.ts'

const { signal } = new AbortController()

/** A checkout without k6, on a machine whose PATH has only these. */
function machine(tools: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'baton-k6-test-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const bin = join(root, 'bin')
  mkdirSync(bin)
  for (const [name, script] of Object.entries(tools)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  vi.stubEnv('PATH', bin)
  onTestFinished(() => void vi.unstubAllEnvs())
  return root
}

const OLD_GO = 'echo go version go1.24.9 linux/amd64'
const NO_DOCKER = 'exit 1'
/** `go install`: puts a k6 where it is told to. */
const GO =
  '[ "$1" = version ] && echo go version go1.26.1 linux/amd64 || { echo "#!/bin/sh" > "$GOBIN/k6"; echo "$@" >> "$GOBIN/k6"; }'
const BROKEN_GO = '[ "$1" = version ] && echo go version go1.26.1 || { echo no route to host >&2; exit 1; }'

test('one on the PATH is taken where it is new enough', async () => {
  for (const version of ['v1.6.0', 'v1.8.1', 'v2.0.0']) {
    const k6 = await getK6(machine({ k6: `echo "k6 ${version} (go1.26.1, linux/amd64)"` }), () => {}, signal)
    expect(k6).toMatchObject({ command: 'k6', source: 'k6' })
  }
})

test('an older one is passed over, for one that Go builds once', async () => {
  const root = machine({ k6: 'echo "k6 v1.5.0 (go1.24.1, linux/amd64)"', go: GO })
  const said: string[] = []
  const built = join(root, '.baton/tools', `k6-${VERSION}`, 'k6')
  expect((await getK6(root, (line) => said.push(line), signal)).command).toBe(built)
  expect((await getK6(root, (line) => said.push(line), signal)).command).toBe(built)
  expect(said).toEqual([expect.stringMatching(/^Building k6 v/)])
})

test('where Go is too old it is run by Docker, with its settings and the checkout inside', async () => {
  const root = machine({ go: OLD_GO, docker: 'echo running' })
  const { command, args } = await getK6(root, () => {}, signal)
  expect([command, ...args({ K6_WEB_DASHBOARD: 'true' })].join(' ')).toMatch(
    new RegExp(`^docker run .*--volume ${root}:${root} .*--env K6_WEB_DASHBOARD=true grafana/k6:${VERSION.slice(1)}$`),
  )
})

test('where there is none and no way to get it, a sentence says how', async () => {
  const getting = getK6(machine({ go: OLD_GO, docker: NO_DOCKER }), () => {}, signal)
  await expect(getting).rejects.toThrow(NoK6)
  await expect(getting).rejects.toThrow(
    /no k6 1\.6 or newer\. Put it on the PATH \(https:.*or install Go 1\.25 or newer.*Docker/,
  )
})

test('a build that fails says what Go said, and leaves no half-made k6', async () => {
  const root = machine({ go: BROKEN_GO })
  for (let i = 0; i < 2; i++) {
    await expect(getK6(root, () => {}, signal)).rejects.toThrow(/go install go\.k6\.io\/k6@v.*no route to host/s)
  }
})
