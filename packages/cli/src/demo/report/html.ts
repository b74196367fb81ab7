/** Text made safe for the places of a page where it stands. */

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** For an element's text, and for an attribute's value in quotes. */
export const html = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character]!)

/** JSON for a script element, where neither the end of the element nor a line separator may be read into it. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
