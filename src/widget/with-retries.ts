/** Waits between the tries, in milliseconds: while a new version is rolled out, the next replica may have the file. */
const PAUSES_MS = [300, 1000, 3000]

/** Loads a part of the widget, over a moment in which it cannot be had. */
export async function withRetries<T>(load: () => Promise<T>): Promise<T> {
  for (const pause of PAUSES_MS) {
    try {
      return await load()
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pause))
    }
  }
  return load()
}
