// What Baton needs of the system beside Node.js, and how to get it on Debian and its relatives.
import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Programs that live where other users than root do not look, and Go where its own installer puts it. */
const SYSTEM_DIRECTORIES = ['/usr/sbin', '/usr/local/sbin', '/sbin', '/usr/local/go/bin']

const LIBRARY_DIRECTORIES = ['/usr/lib64', '/usr/lib', '/lib64', '/lib', '/usr/local/lib64', '/usr/local/lib']

const SERVING = ['start', 'demo', 'test', 'bench']

/** `isOptional`: comes along when others are installed; nothing fails where it cannot be had. */
const PACKAGES = [
  // The runtime among the npm packages is linked against it, and is run as soon as npm has unpacked it.
  { name: 'libatomic1', purposes: ['build', 'docker', ...SERVING], isThere: () => hasLibrary('libatomic.so.1') },
  { name: 'redis-server', purposes: SERVING, isThere: () => hasProgram('redis-server'), isRedis: true },
  { name: 'nginx', purposes: SERVING, isThere: () => hasProgram('nginx') },
  {
    name: 'libnginx-mod-nchan',
    purposes: ['bench'],
    isThere: () => existsSync('/usr/lib/nginx/modules/ngx_nchan_module.so'),
    isOptional: true,
  },
  { name: 'util-linux', purposes: SERVING, isThere: () => hasProgram('flock') },
  { name: 'openssl', purposes: ['test'], isThere: () => hasProgram('openssl') },
  { name: 'chromium', purposes: ['test'], isThere: () => hasProgram('chromium') },
  { name: 'python3-socketio', purposes: ['test'], isThere: () => hasPythonModule('socketio') },
  { name: 'python3-aiohttp', purposes: ['test'], isThere: () => hasPythonModule('aiohttp') },
  {
    name: 'faketime',
    purposes: ['test'],
    isThere: () => multiarchDirectories().some((directory) => existsSync(join(directory, 'faketime'))),
    isOptional: true,
  },
  // Of it promtool, for what is said to Prometheus and the alerts.
  { name: 'prometheus', purposes: ['test'], isThere: () => hasProgram('promtool'), isOptional: true },
  { name: 'valkey-server', purposes: ['test'], isThere: () => hasProgram('valkey-server'), isOptional: true },
  {
    name: 'docker-compose',
    purposes: ['test', 'docker'],
    isThere: () => hasProgram('docker-compose') || succeeds('docker', ['compose', 'version']),
    isOptional: true,
  },
  // Where no Docker engine runs, one is, and its images are made.
  ...['dockerd:docker.io', 'slirp4netns', 'debootstrap'].map((each) => {
    const [program, name = program] = each.split(':')
    return {
      name,
      purposes: ['docker'],
      isThere: () => hasProgram(program) || succeeds('docker', ['info']),
      isOptional: true,
    }
  }),
]

/** Whether what is about to be done runs a Redis of its own. */
export function needsRedis(purpose, env) {
  if (!SERVING.includes(purpose)) return false
  return purpose !== 'start' || !(env.REDIS_URL || env.REDIS_URL_FILE || env.REDIS_SENTINELS || env.STORE === 'memory')
}

/** The packages that `purpose` needs and that are not there. */
export function missingPackages(purpose, env) {
  return PACKAGES.filter(
    ({ purposes, isThere, isRedis }) =>
      purposes.includes(purpose) && !(isRedis && !needsRedis(purpose, env)) && !isThere(),
  )
}

/** For a shell of root: installs "$@", and $1 where it can be had (a list, maybe empty). No service is started by it. */
export const INSTALL_SCRIPT = `
set -e
optional=$1
shift
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 130' INT TERM HUP
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -q -o DPkg::Lock::Timeout=120 update
apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends "$@"
for each in $optional; do
  apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends "$each" || true
done
`

/** What a person types who has to do it. */
export function installCommand(names) {
  return `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names.join(' ')}`
}

export function hasProgram(name) {
  return findProgram(name) !== undefined
}

export function findProgram(name) {
  const directories = [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_DIRECTORIES]
  return directories.map((directory) => join(directory, name)).find(isExecutable)
}

/** Looks where the dynamic linker does by itself: what needs the library may not be there yet to be tried. */
function hasLibrary(file) {
  const given = (process.env.LD_LIBRARY_PATH ?? '').split(delimiter).filter(Boolean)
  const directories = [...given, ...multiarchDirectories(), ...LIBRARY_DIRECTORIES]
  return directories.some((directory) => existsSync(join(directory, file)))
}

/** Of Debian: one for each kind of processor. */
function multiarchDirectories() {
  const names = namesIn('/usr/lib').filter((name) => name.includes('-linux-'))
  return names.map((name) => join('/usr/lib', name))
}

function namesIn(directory) {
  try {
    return readdirSync(directory)
  } catch {
    return []
  }
}

function succeeds(command, args) {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Asks the python3 on the PATH and the system's own, which apt installs for. */
function hasPythonModule(name) {
  const question = `import importlib.util, sys; sys.exit(importlib.util.find_spec("${name}") is None)`
  return ['/usr/bin/python3', 'python3'].some((python) => succeeds(python, ['-c', question]))
}
