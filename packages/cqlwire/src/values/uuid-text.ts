/** The text of a UUID (RFC 9562, section 4): 8-4-4-4-12 hexadecimal digits, most significant first. */
import { BYTE_TO_HEX, hexDigitAt, hexWord } from './hex-bytes.js'

/** Where the 32 digits stand in the text, for each of the four 32-bit words. */
const DIGIT_PLACES: readonly (readonly number[])[] = [
  [0, 1, 2, 3, 4, 5, 6, 7],
  [9, 10, 11, 12, 14, 15, 16, 17],
  [19, 20, 21, 22, 24, 25, 26, 27],
  [28, 29, 30, 31, 32, 33, 34, 35],
]

const HYPHEN = 45

/** Reads the four words into `words`; false where the text is not that of a UUID. */
export function parseUuidText(text: string, words: Int32Array): boolean {
  if (text.length !== 36) return false
  if (text.charCodeAt(8) !== HYPHEN || text.charCodeAt(13) !== HYPHEN || text.charCodeAt(18) !== HYPHEN || text.charCodeAt(23) !== HYPHEN) {
    return false
  }
  let wrong = 0
  for (let i = 0; i < 4; i++) {
    const places = DIGIT_PLACES[i]!
    let word = 0
    for (let j = 0; j < 8; j++) {
      const digit = hexDigitAt(text, places[j]!)
      wrong |= digit
      word = (word << 4) | (digit & 15)
    }
    words[i] = word
  }
  return wrong >= 0
}

/** 36 lower-case characters. */
export function formatUuidText(word0: number, word1: number, word2: number, word3: number): string {
  return (
    hexWord(word0) +
    '-' +
    BYTE_TO_HEX[word1 >>> 24]! +
    BYTE_TO_HEX[(word1 >>> 16) & 255]! +
    '-' +
    BYTE_TO_HEX[(word1 >>> 8) & 255]! +
    BYTE_TO_HEX[word1 & 255]! +
    '-' +
    BYTE_TO_HEX[word2 >>> 24]! +
    BYTE_TO_HEX[(word2 >>> 16) & 255]! +
    '-' +
    BYTE_TO_HEX[(word2 >>> 8) & 255]! +
    BYTE_TO_HEX[word2 & 255]! +
    hexWord(word3)
  )
}
