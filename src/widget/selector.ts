/** `text`, where it is a selector. Null where it is empty, or, with a word to the developer, none. */
export function selectorIn(text: string | null): string | null {
  if (text === null || text.trim() === '') return null
  try {
    document.createDocumentFragment().querySelector(text)
    return text
  } catch {
    console.warn(`baton-launcher: opener is not a selector: ${text}`)
    return null
  }
}
