/** Statements in messages and on screens: without the values in them. */
import type { BindParameters } from '../codec/bind.js'

/** Quoted text in CQL: strings, and those between pairs of dollar signs. */
const LITERAL = /'(?:[^']|'')*(?:'|$)|\$\$.*?(?:\$\$|$)/gs

/** A statement's text on one line, of at most 120 characters, without what stands in it in quotes: a password, or what should be a parameter. */
export function shortText(text: string): string {
  const line = text.replace(LITERAL, "'…'").replace(/\s+/g, ' ').trim()
  return line.length > 120 ? `${line.slice(0, 117)}...` : line
}

/** A statement's text in a message. */
export function shorten(text: string): string {
  return `"${shortText(text)}"`
}

/** How many there are, and their names. */
export function describeParameters(params: BindParameters): number | readonly string[] {
  if (params === undefined || params === null) return 0
  return Array.isArray(params) ? params.length : Object.keys(params)
}
