import { readdirSync, readFileSync } from 'node:fs'

/** Microseconds in a tick of /proc/stat, which counts 100 a second on every Linux. */
const TICK_US = 10_000

/** CPU that a process has used so far with the threads that it has, user and system, in microseconds. */
export function cpuOf(pid: number): number {
  // Nanoseconds; /proc/<pid>/stat counts in ticks, which are 25 µs of each of 400 steps.
  const runtimes = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number.parseInt(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'), 10),
  )
  return runtimes.reduce((sum, ns) => sum + ns / 1000, 0)
}

/** A process with those that it has started, nginx's workers, and so on. */
export function familyOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  return [pid, ...children.flatMap(familyOf)]
}

/** Memory of a process that is its own or shared, and in RAM (RSS), in bytes. */
export function memoryOf(pid: number): number {
  return 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}

/** CPU that the whole machine has used so far, in microseconds: what others take shows as the difference. */
export function cpuOfMachine(): number {
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = readFileSync('/proc/stat', 'utf8')
    .slice(0, 500)
    .split(/\s+/)
    .map(Number)
  return (user + nice + system + irq + softirq + steal) * TICK_US
}
