import * as figures from './figures.ts'
import { Talk } from './talk.ts'

/**
 * Does `work` with a session that is open and is left in the end. What goes wrong is counted as an error: k6 itself passes
 * a run whose iterations threw.
 */
export async function withTalk(where: () => string, work: (talk: Talk) => Promise<void>): Promise<void> {
  figures.countFromNothing()
  const talk = new Talk(where)
  try {
    await talk.open()
    await work(talk)
  } catch (error) {
    figures.errors.add(1)
    console.error(String(error))
  } finally {
    talk.close()
  }
}
