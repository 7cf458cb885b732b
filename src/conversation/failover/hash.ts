/**
 * 32-bit FNV-1a of the UTF-16 code units, then the finaliser of MurmurHash3. Without it the weights of two members
 * (rendezvous hashing) may differ by nearly the same amount for every key, and one of the two then gets nearly all of them.
 */
export function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35)
  return (value ^ (value >>> 16)) >>> 0
}
