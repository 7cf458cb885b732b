// Builds dist/ where the sources have changed: the server by tsc, what it reads beside it, the scripts for browsers by
// esbuild. Types are checked by `npm run typecheck`, not here.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { isBuildFresh, markBuild, root, sourcesFingerprint } from './freshness.mjs'

const source = join(root, 'src')
const dist = join(root, 'dist')
// Made beside dist and then put in its place, so that what runs from dist never sees half a build.
const making = join(root, '.dist-new')
const pages = join(making, 'public')
// Bytes, gzipped: of a page's script with all that it has to have before anything is seen.
const BUDGETS = {
  launcher: { of: ['src/widget/main.ts'], bytes: 20 * 1024 },
  chat: { of: ['src/widget/main.ts', 'src/widget/chat-element.ts'], bytes: 60 * 1024 },
  client: { of: ['src/client/index.ts'], bytes: 21 * 1024 },
}
const FOR_BROWSERS = {
  bundle: true,
  minify: true,
  sourcemap: true,
  format: 'esm',
  target: 'es2022',
  platform: 'browser',
  charset: 'utf8',
  logLevel: 'warning',
}
const IN_CHUNKS = {
  splitting: true,
  metafile: true,
  absWorkingDir: root,
  chunkNames: 'assets/[name]-[hash]',
  plugins: [webSocketOnly(), safeOnServers()],
}
/** What the packages in CommonJS expect to be there. */
const COMMONJS = `import { createRequire as __createRequire } from 'node:module'
const require = __createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname`
const outgoing = join(root, '.dist-old')

await withLock(join(root, 'node_modules/.baton-build.lock'), async () => {
  if (isBuildFresh()) return
  const fingerprint = sourcesFingerprint()
  for (const leftover of [making, outgoing]) rmSync(leftover, { recursive: true, force: true })
  compileServer()
  copyAssets()
  await bundleGateway()
  await bundlePage()
  await bundleAdmin()
  await bundleClient()
  await bundleWidget()
  await bundleForBundlers()
  compress(pages)
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

/**
 * What runs a replica, with its packages, in place of `main.js`. One file is read in less time than a thousand and leaves less behind.
 * The others stay: the package has them, whose user installs its packages and keeps them new, and profiles tell them apart.
 */
async function bundleGateway() {
  await build({
    entryPoints: [join(making, 'main.js')],
    outdir: making,
    allowOverwrite: true,
    bundle: true,
    splitting: true,
    chunkNames: 'bundle-[name]-[hash]',
    minifySyntax: true,
    format: 'esm',
    target: 'node24',
    platform: 'node',
    legalComments: 'none', // the packages lie beside it
    logLevel: 'warning',
    // Whoever traces brings them along.
    external: ['@opentelemetry/*'],
    banner: { js: COMMONJS },
    plugins: [inTheirPlace(), withoutUnused(), quietUnlessDebugged()],
  })
}

async function bundlePage() {
  const page = join(source, 'page')
  if (!existsSync(join(page, 'main.ts'))) return
  const entryPoints = { page: join(page, 'main.ts'), playground: join(page, 'playground/main.ts') }
  await build({ ...FOR_BROWSERS, entryPoints, outdir: pages })
  for (const asset of globSync('*.{html,css,svg}', { cwd: page })) cpSync(join(page, asset), join(pages, asset))
}

/** The page of operators, which is not public: its files lie apart, and are served where `ADMIN_TOKEN` is set. */
async function bundleAdmin() {
  const [page, outdir] = [join(source, 'page/admin'), join(making, 'admin')]
  await build({ ...FOR_BROWSERS, entryPoints: { main: join(page, 'main.ts') }, outdir })
  for (const asset of globSync('*.{html,css}', { cwd: page })) cpSync(join(page, asset), join(outdir, asset))
}

/** The SDK in one file, for pages without a bundler. */
async function bundleClient() {
  const entryPoints = { client: join(source, 'client/index.ts') }
  await buildWithin('client', { ...FOR_BROWSERS, ...IN_CHUNKS, splitting: false, entryPoints, outdir: pages })
}

/**
 * The widget for pages. They ask for `widget.js` by its name; all else is in files whose names change with what is in them, so
 * that it is fetched once and kept.
 */
async function bundleWidget() {
  const entryPoints = { widget: join(source, 'widget/main.ts') }
  await buildWithin('launcher chat', { ...FOR_BROWSERS, ...IN_CHUNKS, entryPoints, outdir: pages })
}

/** The widget for other bundlers: with `colours` apart, since one that splits nothing would put them into its one file. */
async function bundleForBundlers() {
  const entryPoints = {
    widget: join(source, 'widget/index.ts'),
    colours: join(source, 'widget/with-colours.ts'),
  }
  await build({ ...FOR_BROWSERS, ...IN_CHUNKS, entryPoints, outdir: join(making, 'embed') })
}

/** Fails where what `budgets` names has become too large. */
async function buildWithin(budgets, options) {
  const { metafile } = await build(options)
  for (const name of budgets.split(' ')) checkSize(name, BUDGETS[name], metafile.outputs)
}

function checkSize(name, { of, bytes }, outputs) {
  const files = of.flatMap((source) => filesBefore(source, outputs))
  const sizes = [...new Set(files)].map((path) => gzipSync(readFileSync(join(root, path)), { level: 9 }).length)
  const size = sizes.reduce((sum, each) => sum + each)
  console.log(`${name}: ${(size / 1024).toFixed(1)} KiB gzipped in ${sizes.length} files`)
  if (size > bytes) throw new Error(`${name} is ${size - bytes} bytes larger than its ${bytes / 1024} KiB`)
}

/** The file that `source` begins, and those that have to be there before it runs. */
function filesBefore(source, outputs) {
  const before = (path) => [path, ...outputs[path].imports.filter(isStatic).flatMap((each) => before(each.path))]
  return before(Object.keys(outputs).find((path) => outputs[path].entryPoint === source))
}

function isStatic({ kind, external }) {
  return kind === 'import-statement' && !external
}

/** Each script and style beside itself, as small as can be: nginx and replicas send that instead of compressing it again and again. */
function compress(directory) {
  for (const path of globSync('**/*.{js,css}', { cwd: directory })) {
    const content = readFileSync(join(directory, path))
    writeFileSync(join(directory, `${path}.gz`), gzipSync(content, { level: 9 }))
    writeFileSync(join(directory, `${path}.br`), brotliCompressSync(content))
  }
}

/** The SDK talks JSON by WebSocket alone (contract E), so the other transports, and the search for binary data, are dead weight. */
function webSocketOnly() {
  const resolveDir = join(root, 'node_modules/engine.io-client/build/esm/transports')
  const contents = "import { WS } from './websocket.js'; export const transports = { websocket: WS }"
  const manager = join(root, 'node_modules/socket.io-client/build/esm/manager.js')
  const filter = /engine\.io-client\/build\/esm\/transports\/index\.js$/
  const noBinary =
    'export const isBinary = () => false, hasBinary = isBinary, deconstructPacket = null, reconstructPacket = null'
  const setup = ({ onLoad, onResolve }) => {
    onLoad({ filter }, () => ({ contents, resolveDir }))
    onLoad({ filter: /socket\.io-parser\/build\/esm\/(is-)?binary\.js$/ }, () => ({ contents: noBinary }))
    // Nobody uses it then; but it looks for XMLHttpRequest while it is loaded, so esbuild would keep it.
    onResolve({ filter: /\/polling-xhr(\.node)?\.js$/ }, ({ path, resolveDir }) => {
      return { path: join(resolveDir, path.replace('.node', '')), sideEffects: false }
    })
    // The client takes nothing else from it. Beside it stands `io`, which esbuild would keep.
    onResolve({ filter: /^socket\.io-client$/ }, () => ({ path: manager }))
  }
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

/** A file of ours that looks for others beside itself still finds them there. */
function inTheirPlace() {
  const setup = ({ onLoad }) =>
    onLoad({ filter: /\.js$/ }, ({ path }) => {
      if (!path.startsWith(`${making}/`)) return undefined
      const place = `new URL("./${relative(making, path)}", import.meta.url)`
      return { contents: readFileSync(path, 'utf8').replaceAll('import.meta.url', place) }
    })
  return { name: 'in-their-place', setup }
}

/** What packages load and no replica uses: YAML of the API’s description, error messages in other languages. */
function withoutUnused() {
  const setup = ({ onResolve, onLoad }) => {
    onResolve({ filter: /^yaml$/ }, ({ path }) => ({ path, namespace: 'unused' }))
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {}' }))
    onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, ({ path }) => {
      return { contents: "export { default as en } from './en.js'", resolveDir: dirname(path) }
    })
  }
  return { name: 'without-unused', setup }
}

/** `debug` says nothing where DEBUG is not set, but makes a list of what it does not say: 5 KB for each connection. */
function quietUnlessDebugged() {
  const debug =
    'const quiet = () => {}, make = () => quiet; module.exports = Object.assign(make, { debug: make, default: make })'
  const ioredis = "exports.default = require('debug')"
  const setup = ({ onLoad }) =>
    onLoad({ filter: /node_modules\/(debug\/src\/index|ioredis\/built\/utils\/debug)\.js$/ }, ({ path }) => {
      const quiet = path.includes('/ioredis/') ? ioredis : debug
      return { contents: `${readFileSync(path, 'utf8')}\nif (!process.env.DEBUG) { ${quiet} }` }
    })
  return { name: 'quiet-unless-debugged', setup }
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
