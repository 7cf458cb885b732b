// Packs the one tree as two packages. The client is for browsers and needs nothing of a server. The gateway is the rest, the command included.
import { execFileSync } from 'node:child_process'
import { cpSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { root } from './freshness.mjs'
import { readUsage } from './usage.mjs'

const USAGE = `npm run pack [-- <directory>]

Packs the one tree as two packages, into artifacts/packages by default, and prints their paths.
`
const { positionals } = readUsage(USAGE, { most: 1 })
const [into = join(root, 'artifacts/packages')] = positionals

const dist = join(root, 'dist')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const { version, license, author, engines, peerDependencies, peerDependenciesMeta } = manifest
const shared = { version, license, author, type: 'module' }
const entries = Object.fromEntries(
  Object.entries(manifest.exports).map(([name, target]) => [name === './client' ? '.' : name, target]),
)
const IMPORTS = /(?:\bfrom\s*|\bimport\s*\(?\s*)['"]([^'"\n]+)['"]/g
/** Bundles: they need no package. */
const BUNDLED = /^(?:public|admin|embed)\//

const PACKAGES = [
  {
    manifest: {
      name: '@baton-chat/client',
      description: "Baton's client: a browser SDK, a React hook, a transport for the AI SDK, and a chat widget.",
      keywords: manifest.keywords,
      ...shared,
      sideEffects: manifest.sideEffects.filter((path) => path.startsWith('./dist/embed/')),
      exports: entries,
    },
    files: [
      ...reachable(
        Object.values(entries).flatMap((target) => (typeof target === 'string' ? [] : Object.values(target))),
      ),
      // For pages without a bundler.
      ...globSync('public/{client.js,widget.js,assets/*.js}', { cwd: dist }),
    ],
  },
  {
    manifest: {
      name: '@baton-chat/gateway',
      description: manifest.description,
      keywords: manifest.keywords,
      ...shared,
      bin: manifest.bin,
      exports: { './package.json': './package.json' },
      engines,
    },
    files: [
      ...reachable(['./dist/baton.js']),
      ...globSync('**', { cwd: dist, exclude: isOfNoGateway, withFileTypes: true })
        .filter((entry) => entry.isFile() && !/\.(js|ts|map)$/.test(entry.name))
        .map(pathInDist),
      ...globSync('{public,admin}/**/*.js', { cwd: dist }),
    ].filter((path) => !path.endsWith('.d.ts')),
  },
]

mkdirSync(resolve(into), { recursive: true })
for (const each of PACKAGES) console.log(pack(each))

/** Gives the tarball's path. */
function pack({ manifest: fields, files }) {
  const name = fields.name.split('/')[1]
  const staging = join(resolve(into), name)
  rmSync(staging, { recursive: true, force: true })
  const packed = [...new Set(files)]
  for (const path of packed) {
    mkdirSync(dirname(join(staging, 'dist', path)), { recursive: true })
    cpSync(join(dist, path), join(staging, 'dist', path))
  }
  cpSync(join(root, 'LICENSE'), join(staging, 'LICENSE'))
  cpSync(join(root, `deploy/readme/${name}.md`), join(staging, 'README.md'))
  const names = packagesOf(packed.filter((path) => !BUNDLED.test(path)))
  const needs = { dependencies: dependenciesOf(names), ...peersOf(names) }
  writeFileSync(join(staging, 'package.json'), `${JSON.stringify({ ...fields, ...needs }, null, 2)}\n`)
  const args = ['pack', '--json', '--dry-run=false', '--ignore-scripts', '--pack-destination', resolve(into)]
  const [{ filename }] = Object.values(JSON.parse(execFileSync('npm', args, { cwd: staging, encoding: 'utf8' })))
  // Without the version in its name, so that the examples can name it.
  const tarball = `${staging}.tgz`
  renameSync(join(resolve(into), filename), tarball)
  rmSync(staging, { recursive: true })
  return tarball
}

/** The files of dist that `entries` import, themselves included. */
function reachable(entries) {
  const found = new Set()
  const waiting = entries.map((path) => relative('dist', path))
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue
    found.add(path)
    for (const name of importsOf(path).filter((name) => name.startsWith('.'))) {
      const target = join(dirname(path), name)
      if (!target.startsWith('..')) waiting.push(path.endsWith('.d.ts') ? target.replace(/\.[jt]s$/, '.d.ts') : target)
    }
  }
  return [...found]
}

/** The other packages that `files` import. */
function packagesOf(files) {
  const names = files
    .flatMap(importsOf)
    .filter((name) => !name.startsWith('.') && !name.startsWith('node:') && !builtinModules.includes(name))
    .map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/'))
  return [...new Set(names)].sort()
}

/** Those that the user brings along, with the versions of package.json. */
function peersOf(names) {
  const ofThem = (all) => Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)))
  return { peerDependencies: ofThem(peerDependencies), peerDependenciesMeta: ofThem(peerDependenciesMeta) }
}

/** All others. */
function dependenciesOf(names) {
  const wanted = names.filter((name) => !(name in peerDependencies))
  return Object.fromEntries(
    wanted.map((name) => {
      const range = manifest.dependencies[name]
      if (range === undefined) throw new Error(`${name} is imported, and not in the dependencies of package.json`)
      return [name, range]
    }),
  )
}

function importsOf(path) {
  if (!/\.(js|d\.ts)$/.test(path)) return []
  return [...readFileSync(join(dist, path), 'utf8').matchAll(IMPORTS)].map(([, name]) => name)
}

function isOfNoGateway(entry) {
  return (
    ['demo', 'demo-model', 'stack', 'widget', 'react', 'ai-sdk', '.compiled'].includes(pathInDist(entry)) ||
    entry.name === '.fingerprint'
  )
}

function pathInDist(entry) {
  return relative(dist, join(entry.parentPath, entry.name))
}
