/** Calls the page back. What its function throws is reported as one of the page's errors: the work of the client goes on all the same. */
export function callBack<T>(listener: (value: T) => void, value: T): void {
  try {
    listener(value)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}
