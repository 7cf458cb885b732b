import type { ChildProcess } from 'node:child_process'

/** What a process of the bench offers, as its parent sees it: the same methods, each giving a promise. */
export type Remote<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never
}

interface Call {
  readonly id: number
  readonly method: string
  readonly args: readonly unknown[]
}
type Reply = { readonly id: number } & ({ readonly result: unknown } | { readonly error: string })

/** In a child: answers the parent's calls, and ends this process when the parent is gone. */
export function serve<T extends object>(methods: T): void {
  process.on('message', ({ id, method, args }: Call) => {
    const handler = methods[method as keyof T] as (...args: readonly unknown[]) => unknown
    const reply = (outcome: { result: unknown } | { error: string }) =>
      process.send?.({ id, ...outcome } satisfies Reply)
    const handle = async () => handler.apply(methods, [...args])
    handle().then(
      (result) => reply({ result }),
      (error: Error) => reply({ error: error.message }),
    )
  })
  process.once('disconnect', () => process.exit())
}

/** In the parent: the methods that `child` serves. Calls stay unanswered where the child dies; `Processes` tells of that. */
export function remote<T>(child: ChildProcess): Remote<T> {
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let calls = 0
  child.on('message', (reply: Reply) => {
    const call = waiting.get(reply.id)
    waiting.delete(reply.id)
    if ('error' in reply) call?.reject(new Error(reply.error))
    else call?.resolve(reply.result)
  })
  const call = (method: string, args: readonly unknown[]) => {
    const answer = Promise.withResolvers<unknown>()
    const id = calls++
    waiting.set(id, answer)
    child.send({ id, method, args } satisfies Call)
    return answer.promise
  }
  return new Proxy({} as Remote<T>, {
    get:
      (_, method) =>
      (...args: unknown[]) =>
        call(String(method), args),
  })
}
