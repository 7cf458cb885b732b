/** Milliseconds after which a browser has told a screen reader that the focus has moved. */
const TOLD_MS = 200

/**
 * Resolves once what had the focus before can go. A screen reader whose place goes at the same moment as the focus moves does not say
 * where the focus is now, and takes the next keys for its own.
 */
export function focusTold(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, TOLD_MS))
}
