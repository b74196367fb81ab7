/**
 * Short UTF-8 text, nearly always ASCII, made in JavaScript: one `String.fromCharCode` with exactly as many arguments as there are bytes.
 *
 * A call into the runtime's decoder costs some 55 ns on Node 20 whatever the length; this costs 6 ns for 1 byte, 18 for 8, 34 for 20 and
 * 51 for 32, and gives a flat string (a loop of `+=` gives a rope, and takes 120 ns for 20). Any byte beyond ASCII sends the whole text
 * to the decoder.
 */
import { canGenerate, generate } from './generated-support.js'

/** Gives the text in the bytes `start` (inclusive) to `end` (exclusive). Bytes that are not UTF-8 become U+FFFD. */
export type ReadText = (buffer: Buffer, start: number, end: number) => string

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
    ? (buffer, start, end) => (buffer as SlicingBuffer).utf8Slice(start, end)
    : (buffer, start, end) => buffer.toString('utf8', start, end)

function generateReader(): ReadText {
  return generate<ReadText>({ readNative, fromCharCode: String.fromCharCode }, [
    'return function readText(buffer, start, end) {',
    '  switch (end - start) {',
    "    case 0: return ''",
    ...Array.from({ length: MOST_BYTES }, (_, i) => readExactly(i + 1)),
    '  }',
    '  return readNative(buffer, start, end)',
    '}',
  ])
}

/** `case 2: { const b0 = buffer[start + 0], b1 = buffer[start + 1]; if ((b0 | b1) < 128) return fromCharCode(b0, b1); break }` */
function readExactly(count: number): string {
  const names = Array.from({ length: count }, (_, i) => `b${i}`)
  const reads = names.map((name, i) => `${name} = buffer[start + ${i}]`)
  return `    case ${count}: { const ${reads.join(', ')}; if ((${names.join(' | ')}) < 128) return fromCharCode(${names.join(', ')}); break }`
}
