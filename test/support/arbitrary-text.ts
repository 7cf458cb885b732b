import fc from 'fast-check'

/** What splitters get wrong: pairs, ZWJ sequences, combining marks, RTL, CJK, lone halves of pairs. */
export const AWKWARD: readonly string[] = [
  '👩‍👩‍👧‍👦',
  '🏳️‍🌈',
  '👍🏽',
  '🇩🇪',
  'e\u0301',
  'नमस्ते',
  'שלום',
  'مرحبا',
  '漢字',
  '𠮷野家',
  '한국어',
  '\ud83d',
  '\ude00',
  '\ud800\ud800',
  '\udc00\ud800',
  '\u0000',
  '\ufeff',
  '\ufffd',
  '\u2028',
  '"\\\n',
]

/** Any UTF-16 text, well-formed or not. */
export const anyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...AWKWARD),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
      fc.nat(0xffff).map((unit) => String.fromCharCode(unit)),
      fc.integer({ min: 0xd7f0, max: 0xe010 }).map((unit) => String.fromCharCode(unit)),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''))

/** The text cut at any UTF-16 units; the pieces joined are the text. */
export function cutAt(text: string, cuts: readonly number[]): string[] {
  const places = [...cuts.map((cut) => cut % (text.length + 1)), text.length].sort((a, b) => a - b)
  return places.map((end, i) => text.slice(places[i - 1] ?? 0, end))
}
