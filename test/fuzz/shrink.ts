/**
 * Makes an input smaller as long as it still fails: first what it is a list of, in halves, quarters and so on, then every
 * list and text inside. Objects keep their shape, so that what is left is still an input.
 */
export async function shrink<T>(
  input: readonly T[],
  fails: (candidate: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let smallest = input
  for (let shrunk = true; shrunk; ) {
    shrunk = false
    for (const candidate of smallerThan(smallest)) {
      if (!(await fails(candidate))) continue
      smallest = candidate
      shrunk = true
      break
    }
  }
  return smallest
}

type Shrunk<T> = Generator<T, void>

export function* smallerThan<T>(value: T): Shrunk<T> {
  if (typeof value === 'string') yield* shorter(value) as Shrunk<T>
  else if (Array.isArray(value)) yield* fewer(value) as Shrunk<T>
  else if (typeof value === 'object' && value !== null) {
    for (const [name, part] of Object.entries(value)) {
      for (const smaller of smallerThan(part)) yield { ...value, [name]: smaller }
    }
  }
}

function* fewer(items: readonly unknown[]): Shrunk<readonly unknown[]> {
  for (let size = Math.ceil(items.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < items.length; from += size) {
      if (size < items.length) yield items.toSpliced(from, size)
    }
  }
  for (const [i, item] of items.entries()) {
    for (const smaller of smallerThan(item)) yield items.with(i, smaller)
  }
}

/** Names of one word are choices, not text. */
const CHOICE = /^[\w-]{0,8}$/

function* shorter(text: string): Shrunk<string> {
  if (CHOICE.test(text)) return
  for (let size = Math.ceil(text.length / 2); size >= 4; size = Math.ceil(size / 2)) {
    for (let from = 0; from < text.length; from += size) yield text.slice(0, from) + text.slice(from + size)
  }
}
