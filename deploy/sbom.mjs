// npm run sbom: what is in a release, and what it was made from.
// The SBOM comes from the lock file: of npm 11.19, `npm sbom --omit=dev` leaves out ws, undici and zod, which are dependencies.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './freshness.mjs'
import { readUsage } from './usage.mjs'

readUsage(`npm run sbom

What is in a release, and what it was made from. Writes into artifacts/:
  packages/*.tgz     the two packages
  sbom.cdx.json      every package that \`npm ci --omit=dev\` installs, as the image has them (CycloneDX 1.5)
  provenance.json    the commit, the lock file and the programs that they were made with (in-toto, SLSA 1.0)
  SHA256SUMS         of all of them, for sha256sum --check
`)

const artifacts = join(root, 'artifacts')
const read = (path) => readFileSync(join(root, path))
const json = (path) => JSON.parse(read(path).toString())
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')
const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
const write = (name, value) => writeFileSync(join(artifacts, name), `${JSON.stringify(value, null, 2)}\n`)
const { name, version, license } = json('package.json')

execFileSync(process.execPath, ['deploy/pack.mjs'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
write('sbom.cdx.json', sbom(json('package-lock.json').packages))
const made = ['sbom.cdx.json', ...globSync('packages/*.tgz', { cwd: artifacts }).sort()]
write('provenance.json', provenance(made))
const sums = [...made, 'provenance.json'].map((path) => `${sha256(readFileSync(join(artifacts, path)))}  ${path}\n`)
writeFileSync(join(artifacts, 'SHA256SUMS'), sums.join(''))
process.stdout.write(sums.join(''))

function sbom(packages) {
  const shipped = Object.entries(packages).filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
  const component = { type: 'application', 'bom-ref': `${name}@${version}`, name, version, licenses: licenses(license) }
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { timestamp: git('show', '--no-patch', '--format=%cI', 'HEAD'), component },
    components: shipped.map(([path, entry]) => componentOf(path, entry)),
  }
}

function componentOf(path, entry) {
  const own = entry.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const [algorithm, digest] = entry.integrity.split('-')
  return {
    type: 'library',
    'bom-ref': path,
    name: own,
    version: entry.version,
    purl: `pkg:npm/${own.replace('@', '%40')}@${entry.version}`,
    hashes: [{ alg: algorithm.replace('sha', 'SHA-'), content: Buffer.from(digest, 'base64').toString('hex') }],
    licenses: licenses(entry.license ?? olderLicence(path)),
  }
}

/** In the form that packages had before `license`, which npm leaves out of the lock file. */
function olderLicence(path) {
  const { licenses = [] } = json(`${path}/package.json`)
  if (licenses.length === 0) throw new Error(`${path} names no licence`)
  return licenses.map(({ type }) => type).join(' OR ')
}

/** A single licence by its id; what combines several is an expression. */
function licenses(text) {
  return /[ (]/.test(text) ? [{ expression: text }] : [{ license: { id: text } }]
}

function provenance(made) {
  const isChanged = git('status', '--porcelain', '--untracked-files=no') !== ''
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: made.map((path) => ({ name: path, digest: { sha256: sha256(readFileSync(join(artifacts, path))) } })),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: 'npm run sbom',
        externalParameters: { version, uncommittedChanges: isChanged },
        resolvedDependencies: [
          { uri: 'git+HEAD', digest: { gitCommit: git('rev-parse', 'HEAD') } },
          { uri: 'package-lock.json', digest: { sha256: sha256(read('package-lock.json')) } },
        ],
      },
      runDetails: { builder: { id: 'npm run sbom', version: { node: process.versions.node } } },
    },
  }
}
