/** Numbers on the command line. */
import { InvalidArgumentError } from 'commander'

export function positive(text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !(value > 0) || value > 100_000) throw new InvalidArgumentError('It takes a number above 0.')
  return value
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It takes a whole number from 0 to 999999999.')
  return Number(text)
}
