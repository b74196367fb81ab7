/** Bytes as hexadecimal digits, by table: two lower-case digits a byte, and the value of each digit's character code. */

/** `BYTE_TO_HEX[255]` is `'ff'`. */
export const BYTE_TO_HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => (byte + 256).toString(16).slice(1))

const DIGITS: Int8Array = new Int8Array(128).fill(-1)
for (let digit = 0; digit < 16; digit++) {
  const text = digit.toString(16)
  DIGITS[text.charCodeAt(0)] = digit
  DIGITS[text.toUpperCase().charCodeAt(0)] = digit
}

/** The value of the hexadecimal digit at `index` of the text, or -1. */
export function hexDigitAt(text: string, index: number): number {
  return DIGITS[text.charCodeAt(index)] ?? -1
}

/** The eight hexadecimal digits of a 32-bit integer. */
export function hexWord(word: number): string {
  return BYTE_TO_HEX[word >>> 24]! + BYTE_TO_HEX[(word >>> 16) & 255]! + BYTE_TO_HEX[(word >>> 8) & 255]! + BYTE_TO_HEX[word & 255]!
}
