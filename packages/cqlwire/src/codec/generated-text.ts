/**
 * Short UTF-8 text, nearly always ASCII, made in JavaScript: one `String.fromCharCode` with exactly as many arguments as there are bytes.
 *
 * A call into the runtime's decoder costs some 55 ns on Node 20 whatever the length; this costs 6 ns for 1 byte, 18 for 8, 34 for 20 and
 * 51 for 32, and gives a flat string (a loop of `+=` gives a rope, and takes 120 ns for 20). Any byte beyond ASCII sends the whole text
 * to the decoder.
 *
 * Tried and left out: slices of a block of many rows that was decoded at once (`substring` of 13 characters or more copies nothing). Against this, in
 * one run: 0.78 of the time with blocks of 1 KiB, 0.55 with 4 KiB; but a slice that is kept keeps its block, comparing two by `===` takes 3 times
 * as long, and who keeps a column's text would hold 3 times the memory. Bytes one by one instead of in words: 1.1.
 */
import { canGenerate, generate } from './generated-support.js'

/** Gives the text in the bytes `start` (inclusive) to `end` (exclusive) of a block, of which it takes both views. Bytes that are not UTF-8 become U+FFFD. */
export type ReadText = (buffer: Buffer, view: DataView, start: number, end: number) => string

/** Up to this many bytes the JavaScript way is the faster one. */
const MOST_BYTES = 32

let reader: ReadText | undefined

/** The fastest reader that this runtime allows, made once. */
export function readShortText(): ReadText {
  reader ??= canGenerate() ? generateReader() : readNative
  return reader
}

/** What `Buffer.toString` comes to, without its 10 ns of looking at the encoding's name; Node, Bun and Deno have it, but don't document it. */
type SlicingBuffer = Buffer & { utf8Slice(start: number, end: number): string }

const readNative: ReadText =
  'utf8Slice' in Buffer.prototype
    ? (buffer, _view, start, end) => (buffer as SlicingBuffer).utf8Slice(start, end)
    : (buffer, _view, start, end) => buffer.toString('utf8', start, end)

function generateReader(): ReadText {
  return generate<ReadText>({ readNative, fromCharCode: String.fromCharCode }, [
    'return function readText(buffer, view, start, end) {',
    '  switch (end - start) {',
    "    case 0: return ''",
    ...Array.from({ length: MOST_BYTES }, (_, i) => readExactly(i + 1)),
    '  }',
    '  return readNative(buffer, view, start, end)',
    '}',
  ])
}

/** The highest bit of each byte of a word. */
const BEYOND_ASCII = 0x80808080 | 0

/**
 * Four bytes at a time, and what is left one by one:
 *
 *     case 5: {
 *       const w0 = view.getInt32(start + 0), b4 = view.getUint8(start + 4)
 *       if (((w0 | b4) & -2139062144) === 0) return fromCharCode(w0 >> 24, (w0 >> 16) & 255, (w0 >> 8) & 255, w0 & 255, b4)
 *       break
 *     }
 */
function readExactly(count: number): string {
  const whole = count & ~3
  const words = Array.from({ length: whole / 4 }, (_, i) => `w${4 * i}`)
  const bytes = Array.from({ length: count - whole }, (_, i) => `b${whole + i}`)
  const reads = [
    ...words.map((name) => `${name} = view.getInt32(start + ${name.slice(1)})`),
    ...bytes.map((name) => `${name} = view.getUint8(start + ${name.slice(1)})`),
  ]
  const characters = [
    ...words.flatMap((word) => [`${word} >> 24`, `(${word} >> 16) & 255`, `(${word} >> 8) & 255`, `${word} & 255`]),
    ...bytes,
  ]
  const isAscii = `((${[...words, ...bytes].join(' | ')}) & ${BEYOND_ASCII}) === 0`
  return `    case ${count}: { const ${reads.join(', ')}; if (${isAscii}) return fromCharCode(${characters.join(', ')}); break }`
}
