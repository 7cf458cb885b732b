type Colours = typeof import('./colours.ts')

let load: (() => Promise<Colours>) | null = null
let loading: Promise<Colours> | null = null

/** From now on code is coloured by what `how` loads, when there is code for the first time. */
export function colourBy(how: () => Promise<Colours>): void {
  load = how
}

/** Null where nobody said how. */
export function loadColours(): Promise<Colours> | null {
  if (load !== null) loading ??= load()
  return loading
}
