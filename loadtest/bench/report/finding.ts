/** What a scenario found, ready to be shown. */
export interface Finding {
  readonly name: string
  readonly title: string
  /** What was done, and how to read the figures. */
  readonly about: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** What names in the table mean. */
  readonly terms?: readonly { readonly name: string; readonly title: string }[]
  readonly charts: readonly Chart[]
  readonly goals: readonly Goal[]
  /** Characters lost, doubled or wrong, answers without their end, and errors. */
  readonly faults: number
  /** What was measured, for the JSON. */
  readonly data: unknown
}

/** Horizontal bars, each of one part or of several that add up. */
export interface Chart {
  readonly title: string
  readonly unit: string
  readonly bars: readonly Bar[]
}
export interface Bar {
  readonly label: string
  readonly parts: readonly { readonly name: string; readonly value: number }[]
  /** Of the rounds' sums. */
  readonly min?: number
  readonly max?: number
}

/** Something that Baton is to be at most. */
export interface Goal {
  readonly text: string
  readonly value: number
  readonly limit: number
}
