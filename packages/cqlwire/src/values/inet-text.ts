/** Texts of IP addresses: dotted decimal for IPv4, and for IPv6 RFC 4291 (section 2.2) in, RFC 5952 out. */

const DOTTED = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/
const GROUP = /^[0-9a-f]{1,4}$/i

/** The address as an unsigned 32-bit integer, or -1. Leading zeros are refused: some read them as octal. */
export function parseIpv4(text: string): number {
  const match = DOTTED.exec(text)
  if (match === null) return -1
  let address = 0
  for (let i = 1; i <= 4; i++) {
    const part = match[i]!
    const value = Number(part)
    if (value > 255 || (part.length > 1 && part.startsWith('0'))) return -1
    address = address * 256 + value
  }
  return address
}

/** Groups of 16 bits on one side of `::`; an IPv4 address may stand for the last two. Null where it is wrong. */
function parseGroups(text: string, mayEndInIpv4: boolean): number[] | null {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    if (GROUP.test(part)) groups.push(Number.parseInt(part, 16))
    else {
      const address = mayEndInIpv4 && index === parts.length - 1 ? parseIpv4(part) : -1
      if (address < 0) return null
      groups.push(address >>> 16, address & 0xffff)
    }
  }
  return groups
}

/** The eight groups of 16 bits, or null. A zone (`%eth0`) is refused: it has no bytes in CQL. */
export function parseIpv6(text: string): number[] | null {
  if (text.length > 45) return null
  const gap = text.indexOf('::')
  if (gap < 0) {
    const groups = parseGroups(text, true)
    return groups?.length === 8 ? groups : null
  }
  const head = parseGroups(text.slice(0, gap), false)
  const tail = parseGroups(text.slice(gap + 2), true)
  if (head === null || tail === null || head.length + tail.length > 7) return null
  return [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail]
}

export function formatIpv4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`
}

/** RFC 5952, section 4: lower case, no leading zeros, `::` for the longest run of two or more zero groups, the first of equals. */
export function formatIpv6(groups: readonly number[]): string {
  // Section 5: addresses known to embed IPv4 show it, here the mapped ones, ::ffff:0:0/96.
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    return `::ffff:${formatIpv4((groups[6]! << 16) | groups[7]!)}`
  }
  let bestStart = -1
  let bestLength = 1
  for (let i = 0; i < 8; i++) {
    let length = 0
    while (i + length < 8 && groups[i + length] === 0) length++
    if (length > bestLength) {
      bestStart = i
      bestLength = length
    }
    i += length
  }
  const texts = groups.map((group) => group.toString(16))
  if (bestStart < 0) return texts.join(':')
  return `${texts.slice(0, bestStart).join(':')}::${texts.slice(bestStart + bestLength).join(':')}`
}
