/** Tagged templates: the text between values becomes a statement with markers, once per place in the program; values are always bound. */
import { InvalidArgumentError } from '../base/errors.js'

const texts = new WeakMap<TemplateStringsArray, string>()

/** The statement of a template: `?` where a value stands. */
export function textOfTemplate(strings: TemplateStringsArray): string {
  let text = texts.get(strings)
  if (text === undefined) {
    if (!Array.isArray(strings) || !('raw' in strings)) {
      throw new InvalidArgumentError(
        'session.cql is a template tag: session.cql`SELECT ... WHERE id = ${id}`. For a text use session.execute(text, params)',
      )
    }
    texts.set(strings, (text = strings.join('?')))
  }
  return text
}
