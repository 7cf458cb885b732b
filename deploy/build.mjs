// Builds dist/ where the sources have changed: the server by tsc, what it reads beside it, the scripts for browsers by
// esbuild. Types are checked by `npm run typecheck`, not here.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { isBuildFresh, markBuild, root, sourcesFingerprint } from './freshness.mjs'

const source = join(root, 'src')
const dist = join(root, 'dist')
// Made beside dist and then put in its place, so that what runs from dist never sees half a build.
const making = join(root, '.dist-new')
// Bytes, gzipped.
const BUDGETS = { 'widget.js': 60 * 1024, 'client.js': 20 * 1024 }
const FOR_BROWSERS = {
  bundle: true,
  minify: true,
  sourcemap: true,
  format: 'esm',
  target: 'es2022',
  platform: 'browser',
  logLevel: 'warning',
}
const outgoing = join(root, '.dist-old')

await withLock(join(root, 'node_modules/.baton-build.lock'), async () => {
  if (isBuildFresh()) return
  const fingerprint = sourcesFingerprint()
  for (const leftover of [making, outgoing]) rmSync(leftover, { recursive: true, force: true })
  compileServer()
  copyAssets()
  await bundlePage()
  await bundleWidget()
  await bundleClient()
  for (const [name, budget] of Object.entries(BUDGETS)) checkSize(name, budget)
  markBuild(making, fingerprint)
  if (existsSync(dist)) renameSync(dist, outgoing)
  renameSync(making, dist)
  rmSync(outgoing, { recursive: true, force: true })
})

function compileServer() {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const project = join(root, 'deploy/tsconfig.build.json')
  execFileSync(process.execPath, [compiler, '-p', project, '--noCheck', '--outDir', making], { stdio: 'inherit' })
}

/** What the server reads beside its code: Redis scripts, the demo model's texts. */
function copyAssets() {
  const isAsset = (entry) => entry.isFile() && !entry.name.endsWith('.ts')
  for (const entry of globSync('**', { cwd: source, withFileTypes: true, exclude: ['page'] }).filter(isAsset)) {
    const path = relative(source, join(entry.parentPath, entry.name))
    mkdirSync(dirname(join(making, path)), { recursive: true })
    cpSync(join(source, path), join(making, path))
  }
}

async function bundlePage() {
  const page = join(source, 'page')
  if (!existsSync(join(page, 'main.ts'))) return
  await build({ ...FOR_BROWSERS, entryPoints: [join(page, 'main.ts')], outfile: join(making, 'public/page.js') })
  for (const asset of globSync('*.{html,css,svg}', { cwd: page }))
    cpSync(join(page, asset), join(making, 'public', asset))
}

/** The widget in one file, with everything for its first paint; the colours of code in another, loaded where there is code. */
async function bundleWidget() {
  const widget = join(source, 'widget')
  const outfile = join(making, 'public/widget.js')
  await build({
    ...FOR_BROWSERS,
    entryPoints: [join(widget, 'colours.ts')],
    outfile: join(making, 'public/widget-colours.js'),
  })
  await build({
    ...FOR_BROWSERS,
    entryPoints: [join(widget, 'main.ts')],
    outfile,
    plugins: [coloursApart(), webSocketOnly(), safeOnServers()],
  })
}

/** The SDK in one file, for pages without a bundler. */
async function bundleClient() {
  await build({
    ...FOR_BROWSERS,
    entryPoints: [join(source, 'client/index.ts')],
    outfile: join(making, 'public/client.js'),
    plugins: [webSocketOnly()],
  })
}

function checkSize(name, budget) {
  const gzipped = gzipSync(readFileSync(join(making, 'public', name))).length
  console.log(`${name}: ${(gzipped / 1024).toFixed(1)} KiB gzipped`)
  if (gzipped > budget) throw new Error(`${name} is larger than its ${budget / 1024} KiB`)
}

function coloursApart() {
  const path = './widget-colours.js'
  const setup = ({ onResolve }) => onResolve({ filter: /\/colours\.ts$/ }, () => ({ path, external: true }))
  return { name: 'colours-apart', setup }
}

/** The SDK connects by WebSocket alone (contract E), so the other transports are dead weight. */
function webSocketOnly() {
  const resolveDir = join(root, 'node_modules/engine.io-client/build/esm/transports')
  const contents = "import { WS } from './websocket.js'; export const transports = { websocket: WS }"
  const filter = /engine\.io-client\/build\/esm\/transports\/index\.js$/
  const setup = ({ onLoad }) => onLoad({ filter }, () => ({ contents, resolveDir }))
  return { name: 'web-socket-only', setup }
}

/** Lit's builds for servers work in browsers as well, and can be imported where there is no DOM; of a stand-in for one none is needed. */
function safeOnServers() {
  const builds = { '@lit/reactive-element': 'reactive-element.js', 'lit-html': 'lit-html.js' }
  const contents = 'export class HTMLElement {}; export const customElements = undefined'
  const setup = ({ onResolve, onLoad }) => {
    onResolve({ filter: /^(@lit\/reactive-element|lit-html)$/ }, ({ path }) => {
      return { path: join(root, 'node_modules', path, 'node', builds[path]) }
    })
    onResolve({ filter: /^@lit-labs\/ssr-dom-shim$/ }, ({ path }) => ({ path, namespace: 'no-dom' }))
    onLoad({ filter: /.*/, namespace: 'no-dom' }, () => ({ contents }))
  }
  return { name: 'safe-on-servers', setup }
}

/** One build at a time: a second one waits, and finds its work done. */
async function withLock(path, work) {
  while (!takeLock(path)) {
    if (isHolderGone(path)) rmSync(path, { force: true })
    else await sleep(50)
  }
  try {
    await work()
  } finally {
    rmSync(path, { force: true })
  }
}

function takeLock(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function isHolderGone(path) {
  try {
    const holder = Number(readFileSync(path, 'utf8'))
    if (holder) process.kill(holder, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}
