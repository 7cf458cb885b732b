import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const COMMANDS = [['docker', 'compose'], ['docker-compose']] as const
const root = join(import.meta.dirname, '../..')
const MOST_OUTPUT = 64 * 1024 * 1024

/** Compose, as a plugin of docker's or by itself. */
export const composeCommand = (): readonly [string, ...string[]] | undefined =>
  COMMANDS.find(([program, ...rest]) => spawnSync(program, [...rest, 'version'], { stdio: 'ignore' }).status === 0)

export interface ContainerState {
  readonly Id: string
  readonly RestartCount: number
  /** In seconds. */
  readonly Config: { readonly StopTimeout?: number }
  readonly State: {
    readonly Status: string
    readonly ExitCode: number
    readonly OOMKilled: boolean
    readonly Health?: { readonly Status: string }
  }
}

/** One `docker compose` project: the repository's, under a name of its own. */
export class Compose {
  readonly #command: readonly [string, ...string[]]
  readonly #name: string
  readonly #env: NodeJS.ProcessEnv
  readonly #files: readonly string[]

  /** `overrides`: files beside docker-compose.yml. */
  constructor(name: string, env: NodeJS.ProcessEnv, overrides: readonly string[] = []) {
    const command = composeCommand()
    if (command === undefined) throw new Error('no docker compose')
    this.#command = command
    this.#name = name
    this.#files = ['docker-compose.yml', ...overrides].flatMap((file) => ['--file', join(root, file)])
    // The builder that every engine has.
    this.#env = { ...process.env, DOCKER_BUILDKIT: '0', COMPOSE_DOCKER_CLI_BUILD: '0', ...env }
  }

  /** `docker compose <args>`; rejects, with what it said, where it fails. */
  run(...args: string[]): Promise<string> {
    const [program, ...rest] = this.#command
    return this.#execute(program, [...rest, '--project-name', this.#name, ...this.#files, ...args])
  }

  /** Runs a command in a service's container. */
  async exec(service: string, ...command: string[]): Promise<string> {
    return this.#execute('docker', ['exec', await this.#container(service), ...command])
  }

  async inspect(service: string): Promise<ContainerState> {
    const [state] = JSON.parse(await this.#execute('docker', ['inspect', await this.#container(service)]))
    return state
  }

  /** `docker <verb>` of a service's container: sooner done than Compose's, while an answer streams. */
  async container(verb: 'kill' | 'stop' | 'start', service: string): Promise<void> {
    await this.#execute('docker', [verb, await this.#container(service)])
  }

  /** Signals what the container is for: the process beside the init that the engine gives it. */
  async signal(service: string, signal: string): Promise<void> {
    await this.exec(service, 'bash', '-c', `kill -${signal} "$(cat /tmp/replica.pid)"`)
  }

  async #container(service: string): Promise<string> {
    const labels = [`com.docker.compose.project=${this.#name}`, `com.docker.compose.service=${service}`]
    const args = ['ps', '--all', '--quiet', ...labels.flatMap((label) => ['--filter', `label=${label}`])]
    return (await this.#execute('docker', args)).trim()
  }

  async #execute(program: string, args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(program, args, { cwd: root, env: this.#env, maxBuffer: MOST_OUTPUT })
    return stdout
  }
}
