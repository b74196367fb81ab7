/** A frame as it passed a proxy, and which frames a rule means. */
import { fitsText } from '../rules.js'

export type Direction = 'request' | 'response'

export interface ProxyFrame {
  /** The node that the proxy stands before, `address:port`. */
  readonly node: string
  /** Counts the connections of the node's proxy, from 1 on. */
  readonly connection: number
  readonly direction: Direction
  readonly protocolVersion: number
  /** Of requests `'QUERY'`, `'EXECUTE'`, …; of responses `'RESULT'`, `'ERROR'`, `'EVENT'`, … */
  readonly opcode: string
  /** Of a response: the opcode of its request. Null for a request and for an event. */
  readonly answers: string | null
  /** -1 for events. */
  readonly stream: number
  readonly flags: number
  /**
   * The text of a QUERY or PREPARE, and of the statement that an EXECUTE runs; of a response, that of its request. Null for a BATCH, for what
   * was prepared before the proxy stood there, and where the bytes can't be made out.
   */
  readonly query: string | null
  /** Its whole length, without the head and checksums of segments, as it travelled. */
  readonly bytes: number
}

/**
 * A text or a pattern means the statement, as a QUERY or EXECUTE on its way to the node; texts are compared without regard to white space at
 * their ends. Of an object every field that is given must fit.
 */
export type FrameCondition =
  | string
  | RegExp
  | ((frame: ProxyFrame) => boolean)
  | {
      readonly direction?: Direction
      readonly opcode?: string
      /** Answers to requests of this opcode. */
      readonly answers?: string
      readonly query?: string | RegExp
      /** `address:port` of the node, not of its proxy. */
      readonly node?: string
    }

export function fitsFrame(condition: FrameCondition, frame: ProxyFrame): boolean {
  if (typeof condition === 'function') return condition(frame)
  if (typeof condition === 'string' || condition instanceof RegExp) {
    const isStatement = frame.direction === 'request' && frame.opcode !== 'PREPARE'
    return isStatement && frame.query !== null && fitsText(condition, frame.query)
  }
  const { direction, opcode, answers, query, node } = condition
  if (direction !== undefined && direction !== frame.direction) return false
  if (opcode !== undefined && opcode !== frame.opcode) return false
  if (answers !== undefined && answers !== frame.answers) return false
  if (node !== undefined && node !== frame.node) return false
  return query === undefined || (frame.query !== null && fitsText(query, frame.query))
}
