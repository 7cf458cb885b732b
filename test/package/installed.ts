import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import react from '@vitejs/plugin-react'
import { build } from 'vite'

const ROOT = join(import.meta.dirname, '../..')
const CONSUMER = join(import.meta.dirname, 'consumer')

/** Of what a React app installs beside the package. */
export type Versions = Readonly<Record<string, string>>

/** Those of this repository. */
export const CURRENT = Object.fromEntries(
  ['react', 'react-dom', 'ai', '@ai-sdk/react', '@types/react', '@types/react-dom'].map((name) => [
    name,
    versionOf(name),
  ]),
)
/** The oldest that the client says it works with (`peerDependencies`), and what belongs to them. */
export const OLDEST: Versions = {
  react: '18.0.0',
  'react-dom': '18.0.0',
  ai: '6.0.304',
  '@ai-sdk/react': '3.0.307',
  '@types/react': '18',
  '@types/react-dom': '18',
}
/** The oldest of the AI SDK's next version, beside the React of today. */
export const OLDEST_7: Versions = { ...CURRENT, ai: '7.0.138', '@ai-sdk/react': '4.0.141' }

/** Rejects with all that the program said, where it fails. */
async function run(program: string, args: readonly string[], cwd: string): Promise<{ stdout: string; stderr: string }> {
  try {
    return await promisify(execFile)(program, args, { cwd })
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    throw new Error(`${program} ${args.join(' ')}:\n${stdout}\n${stderr}`)
  }
}

/** An empty project in a temporary directory, into which packages of the repository are installed as a user would. */
export class InstalledProject {
  readonly directory = mkdtempSync(join(tmpdir(), 'baton-consumer-'))

  /** With the packages of the given names, out of those that `npm run pack` makes. */
  static async create(...names: ('client' | 'gateway')[]): Promise<InstalledProject> {
    const project = new InstalledProject()
    const { stdout } = await run('npm', ['run', '--silent', 'pack', '--', project.directory], ROOT)
    const tarballs = stdout.trim().split('\n')
    await project.install(...tarballs.filter((path) => names.some((name) => basename(path).includes(name))))
    return project
  }

  /** With the repository itself, as `npm pack` packs it. */
  static async createFromTree(): Promise<InstalledProject> {
    const project = new InstalledProject()
    const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', project.directory], ROOT)
    await project.install(`./${basename(stdout.trim().split('\n').at(-1) ?? '')}`)
    return project
  }

  private constructor() {
    writeFileSync(this.path('package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  }

  path(...parts: string[]): string {
    return join(this.directory, ...parts)
  }

  /** Adds packages; from npm's cache where it has them. */
  async install(...packages: string[]): Promise<void> {
    await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...packages], this.directory)
  }

  /** Makes it the React app of `consumer/`, with its types checked; gives what Vite built. */
  async buildReactApp(versions: Versions): Promise<string> {
    await this.install(...Object.entries(versions).map(([name, version]) => `${name}@${version}`))
    cpSync(CONSUMER, this.directory, { recursive: true })
    await this.#checkTypes()
    await build({
      root: this.directory,
      configFile: false,
      logLevel: 'warn',
      plugins: [react()],
      define: { 'process.env.NODE_ENV': '"development"' }, // else StrictMode does nothing
      build: { minify: false },
    })
    return this.path('dist')
  }

  /** The package's own declarations are checked too; what other packages get wrong is theirs. */
  async #checkTypes(): Promise<void> {
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
    await run(process.execPath, [compiler, '-p', '.'], this.directory).catch((error: Error) => {
      const complaints = error.message.split('\n').filter((line) => /^\S.*error TS/.test(line))
      const ours = complaints.filter((line) => !/^node_modules\/(?!@baton-chat\/)/.test(line))
      if (ours.length > 0 || complaints.length === 0) throw error
    })
  }

  /** Runs a program in the project to its end. */
  run(program: string, ...args: string[]): Promise<{ stdout: string; stderr: string }> {
    return run(program, args, this.directory)
  }

  /** Adds a file of `consumer/`. */
  add(name: string): void {
    cpSync(join(CONSUMER, name), this.path(name))
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true })
  }
}

function versionOf(name: string): string {
  return JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')).version
}
