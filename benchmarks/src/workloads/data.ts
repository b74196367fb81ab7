/** The values that the workloads write and find: the same in every client. */

/** Rows of bench.t, and partitions of bench.wide. */
export const keys = 10_000
export const wideKeys = 4
export const wideRows = 5_000
export const textRows = 100

/** More than a page of `wide` holds, so that each of its requests is one page. */
export const pageSize = 10_000

export const tags: readonly string[] = ['alpha', 'beta', 'gamma']

/** Putting strings together is not a driver's work: they are made beforehand, and copied so that they are flat. */
const flat = (text: string): string => Buffer.from(text, 'utf8').toString('utf8')

const names = Array.from({ length: keys }, (_, key) => flat(`benchmark row ${String(key).padStart(6, '0')}`))

/** 20 characters. */
export const nameOf = (key: number): string => names[key % keys]!

export const valueOf = (key: number): number => key * 0.5

/** Milliseconds since 1970. */
export const timeOf = (key: number): number => 1_700_000_000_000 + key

/** Bytes that LZ4 makes a little smaller, as most bytes are. */
function blob(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let state = 1
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[at] = at % 4 === 0 ? 0 : state >>> 24
  }
  return bytes
}

export const blobs = { '1k': blob(1_024), '100k': blob(102_400) } as const

/** Sentences as people write them: ASCII for the most part, with letters of two and three bytes. */
const sentence = 'Cassandra keeps rows where their key says; a naïve reader in Zürich asks 東京 for them, and waits. '

export const texts = {
  title: flat(sentence.slice(0, 40)),
  author: flat('Ångström, Łukasz'),
  summary: flat(sentence.repeat(2)),
  body: flat('plain text of the shortest letters, again and again. '.repeat(8)),
} as const

export const dimensions = 1_536
export const embedding = Float32Array.from({ length: dimensions }, (_, at) => Math.fround(Math.sin(at)))

export const colors: readonly string[] = ['red', 'green', 'blue', 'black', 'white']
export const levels: readonly number[] = [1, 2, 3, 5, 8]
export const prices: ReadonlyMap<string, number> = new Map(colors.map((color, at) => [color, at + 0.5]))
export const address = { street: 'Rue de la Paix', number: 17, city: 'Genève' } as const
