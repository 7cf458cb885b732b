/** How figures are said. */

export function ago(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`
}

/** What a client named itself. Characters that turn the direction of what follows are spelt out: they would show another name. */
export function shownName(text: string): string {
  return text.replace(/\p{Bidi_Control}/gu, (character) => `[U+${character.charCodeAt(0).toString(16).toUpperCase()}]`)
}

export function bytes(count: number): string {
  const mebibytes = count / 1024 / 1024
  if (mebibytes >= 1) return `${mebibytes.toFixed(mebibytes < 10 ? 1 : 0)} MiB`
  return `${(count / 1024).toFixed(1)} KiB`
}

export function time(at: number | string): string {
  return new Date(at).toLocaleTimeString()
}
