/**
 * Inputs are kept as short text with marks in it, so that they can be read, repeated and made smaller:
 * `«session»` stands for what a run knows by that name, `«uuid»` for an id of its own at each place, and `«×3:ab»` for `ababab`.
 */
import { randomUUID } from 'node:crypto'

export type Names = Readonly<Record<string, string>>

const MARK = /«(?:×(\d+):([^«»]*)|([a-z]+))»/gu

export function written(text: string, names: Names): string {
  return text.replace(MARK, (_mark, times: string | undefined, part: string | undefined, name: string | undefined) => {
    if (times !== undefined) return (part ?? '').repeat(Number(times))
    return name === 'uuid' ? randomUUID() : (names[name ?? ''] ?? '')
  })
}

export const times = (count: number, part: string): string => `«×${count}:${part}»`
