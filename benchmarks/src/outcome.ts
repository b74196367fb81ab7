/** A result as a document for machines, and as text for people. */
export interface Outcome {
  readonly json: unknown
  readonly text: string
}
