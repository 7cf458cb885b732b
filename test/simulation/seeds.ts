/** Seeds that once broke a rule, and what was wrong. They are run for ever. */
export const SEEDS: readonly { readonly seed: number; readonly because: string }[] = [
  { seed: 141, because: 'a stream that broke in the middle of a surrogate pair left half of it to the next one' },
  { seed: 332, because: 'two regenerates at one replica began the same attempt twice' },
  { seed: 570, because: 'a replica took one answer over twice at once, for the owner’s death and for a client’s open' },
  { seed: 724, because: 'a replica that came back from its burial was taken for dead for ever' },
  { seed: 1239, because: 'the last renewal of a dead replica arrived after its burial' },
  { seed: 1006047, because: 'the reply to the claim of a takeover was lost, and nobody went on with the answer' },
  { seed: 1005238, because: 'an older claim of a replica went on under the epoch of its newer one' },
  { seed: 1011231, because: 'the end of an older attempt was stored as that of the next' },
]
