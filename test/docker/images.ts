// The images that docker-compose.yml and the Dockerfile name. Where no registry can be reached they are made from Debian's packages:
// the same programs at the same places, which is what the tests are about.
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { jaegerProgram } from '../traces/jaeger.ts'

const root = join(import.meta.dirname, '../..')
const recipes = join(import.meta.dirname, 'images')
const MADE_HERE = 'baton.stand-in'
const DEBIAN = 'debian:trixie-slim'
const debian = join(root, '.baton/debian.tar')
const CERTIFICATES = 'etc/ssl/certs/ca-certificates.crt'
const RECIPES: Readonly<Record<string, string>> = {
  node: 'node',
  redis: 'redis',
  nginx: 'nginx',
  'prom/prometheus': 'prometheus',
  ...(existsSync(jaegerProgram) ? { 'jaegertracing/jaeger': 'jaeger' } : {}),
  'ghcr.io/ggml-org/llama.cpp': 'llama',
}

function namedImages(): string[] {
  const used = ['docker-compose.yml', 'examples/compose/llama.yml'].flatMap((file) => {
    const { services } = parse(readFileSync(join(root, file), 'utf8'), { merge: true })
    return Object.values<{ image?: string }>(services).flatMap(({ image = '' }) => (image.includes(':') ? [image] : []))
  })
  const [, base = ''] = /^ARG BASE=(\S+)/m.exec(readFileSync(join(root, 'deploy/Dockerfile'), 'utf8')) ?? []
  return [base, ...used]
}

const succeeds = (...args: string[]) => spawnSync('docker', args, { stdio: 'ignore' }).status === 0

/** Those that are neither here nor to be had from a registry. */
export const lackedImages = (): string[] =>
  namedImages().filter((image) => !succeeds('image', 'inspect', image) && !succeeds('pull', '--quiet', image))

/** What is here was made by an earlier run: the recipe may have changed since. */
export const madeImages = (): string[] =>
  namedImages().filter((image) => {
    const { stdout } = spawnSync('docker', ['image', 'inspect', '--format', '{{json .Config.Labels}}', image])
    return stdout.includes(MADE_HERE)
  })

/** A Debian as a file, for images to be made of: once. */
export function makeDebian(): void {
  if (existsSync(debian)) return
  console.log('Making a Debian for the images …')
  const directory = mkdtempSync(join(tmpdir(), 'baton-debian-'))
  try {
    execFileSync('debootstrap', ['--variant=minbase', '--include=ca-certificates', 'trixie', directory], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    // What this machine trusts, its images trust: registries may be reached through a proxy of its own.
    if (existsSync(`/${CERTIFICATES}`)) copyFileSync(realpathSync(`/${CERTIFICATES}`), join(directory, CERTIFICATES))
    execFileSync('tar', ['-C', directory, '-cf', `${debian}.part`, '.'])
    renameSync(`${debian}.part`, debian)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Makes an image in the place of one that cannot be had, where there is a recipe for it. */
export function standIn(image: string): void {
  const recipe = RECIPES[image.split(':')[0] ?? '']
  if (recipe === undefined) return
  console.log(`Making a stand-in for ${image} …`)
  if (!succeeds('image', 'inspect', DEBIAN)) execFileSync('docker', ['import', debian, DEBIAN], { stdio: 'ignore' })
  const context = mkdtempSync(join(tmpdir(), 'baton-image-'))
  try {
    cpSync(recipes, context, { recursive: true })
    copyFileSync(join(root, 'node_modules/node/bin/node'), join(context, 'node'))
    cpSync(npm(), join(context, 'npm'), { recursive: true })
    if (recipe === 'jaeger') copyFileSync(jaegerProgram, join(context, 'jaeger'))
    const file = join(context, `${recipe}.Dockerfile`)
    const args = ['build', '--quiet', '--label', MADE_HERE, '--tag', image, '--file', file, context]
    execFileSync('docker', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DOCKER_BUILDKIT: '0' },
    })
  } finally {
    rmSync(context, { recursive: true, force: true })
  }
}

/** The npm that runs this, as a package. */
function npm(): string {
  const cli =
    process.env.npm_execpath ??
    execFileSync('sh', ['-c', 'readlink -f "$(command -v npm)"'], { encoding: 'utf8' }).trim()
  return dirname(dirname(cli))
}
