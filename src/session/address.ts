/** Replica id of an address: `r1` of `r1.4f2a9c`. */
export function replicaOf(address: string): string {
  const dot = address.lastIndexOf('.')
  return dot < 0 ? address : address.slice(0, dot)
}
