/** Cuts the text of a type into tokens, for both grammars: CQL's own and that of the marshal classes. */
import { InvalidArgumentError } from '../base/errors.js'
import { describeValue } from '../values/describe-value.js'

/** The longest text of a type: more than a protocol [string] can carry. */
const MOST_TYPE_TEXT = 0x1_0000
/** How deep types may stand in types. Texts come from the network, and parsers of both grammars recurse. */
export const MOST_TYPE_DEPTH = 64

/** A bare word (letters, digits, `_`, `-`, `$`), `"quoted"`, `'string'`, or one of `< > ( ) , . : =`; spaces are passed over. */
const TOKEN = /\s*(?:([\w$-]+)|"((?:[^"]|"")*)"|'((?:[^']|'')*)'|(=>|[<>(),.:]))/y

type TokenKind = 'word' | 'quoted' | 'string' | 'mark' | 'end'

export class TypeTokens {
  readonly text: string
  readonly #failure: InvalidArgumentError | null
  kind: TokenKind = 'end'
  /** The token: a word as written, quoted text without its quotes, a mark itself, '' at the end. */
  value = ''
  /** Where the token begins, and where it ends. */
  start = 0
  end = 0

  /** @param failure thrown where the text is no type, instead of an error of its own that says why: for who only asks whether it is one */
  constructor(text: string, failure: InvalidArgumentError | null = null) {
    this.#failure = failure
    if (typeof text !== 'string') throw new InvalidArgumentError(`A type takes its text, like 'map<text, int>', got ${describeValue(text)}`)
    if (text.length > MOST_TYPE_TEXT)
      throw new InvalidArgumentError(`The text of a type has ${text.length} characters, more than ${MOST_TYPE_TEXT}`)
    this.text = text
    this.next()
  }

  /** Moves to the next token. */
  next(): void {
    TOKEN.lastIndex = this.end
    const match = TOKEN.exec(this.text)
    if (match === null) {
      const rest = this.text.slice(this.end)
      if (rest.trim() !== '') this.fail(`'${rest.trim()[0]!}' has no meaning`)
      this.kind = 'end'
      this.value = ''
      this.start = this.end = this.text.length
      return
    }
    const [, word, quoted, string, mark] = match
    this.end = TOKEN.lastIndex
    if (word !== undefined) this.#set('word', word, word.length)
    else if (quoted !== undefined) this.#set('quoted', quoted.replaceAll('""', '"'), quoted.length + 2)
    else if (string !== undefined) this.#set('string', string.replaceAll("''", "'"), string.length + 2)
    else this.#set('mark', mark!, mark!.length)
  }

  #set(kind: TokenKind, value: string, length: number): void {
    this.kind = kind
    this.value = value
    this.start = this.end - length
  }

  isMark(mark: string): boolean {
    return this.kind === 'mark' && this.value === mark
  }

  /** Passes over the mark where it stands here; says whether it did. */
  skip(mark: string): boolean {
    if (!this.isMark(mark)) return false
    this.next()
    return true
  }

  expect(mark: string): void {
    if (!this.skip(mark)) this.fail(`expected '${mark}' ${this.here()}`)
  }

  /** Passes over a bare word and gives it. */
  word(what: string): string {
    if (this.kind !== 'word') this.fail(`expected ${what} ${this.here()}`)
    const { value } = this
    this.next()
    return value
  }

  here(): string {
    return this.kind === 'end' ? 'at the end' : `at ${this.start}, got '${this.text.slice(this.start, this.end)}'`
  }

  fail(reason: string): never {
    if (this.#failure !== null) throw this.#failure
    const shown = this.text.length <= 100 ? this.text : `${this.text.slice(0, 100)}...`
    throw new InvalidArgumentError(`'${shown}' is not a type: ${reason}`)
  }

  enter(depth: number): void {
    if (depth > MOST_TYPE_DEPTH) this.fail(`types stand more than ${MOST_TYPE_DEPTH} deep in each other`)
  }
}
