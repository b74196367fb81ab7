/**
 * What a ParallelSession and its workers say to each other. A post is a row of frames, `[int length][frame]`, handed over as one block of memory
 * (threads) or written to a pipe (processes). Numbers are big-endian.
 *
 *     call:    [byte of Call][int id] and
 *              CONNECT       [value: options of the cluster]
 *              EXECUTE       [statement][value: parameters][value: options]
 *              CANCEL        nothing: the request of that id
 *              PREPARE       [value: text][value: options]
 *              SET_KEYSPACE  [value: name]
 *              TRACE         [value: trace id][value: maxWaitMs]
 *              RUN           [byte of RunKind][int concurrency][int outcomes that go back together] and
 *                              BOUND       [value: text][value: options of preparing][value: options of requests]
 *                              STATEMENTS  [value: options of requests]
 *                              MAP         [value: URL of the module][value: name of the export]
 *              FEED          [int n] and n times [int index][int length] and
 *                              BOUND       [short m] and m [value]s of the native protocol
 *                              STATEMENTS  [statement][value: parameters][value: options]
 *                              MAP         [value]
 *              HALT          nothing: what has not begun is dropped
 *              STOP          nothing: what is in flight is cancelled too, and nothing more is said of that run
 *              SHUTDOWN      nothing
 *
 *     answer:  [byte of Answer][int id] and
 *              RESULT        [result]
 *              VALUE         [value]
 *              ERROR         [value: an Error]
 *              OUTCOMES      [int n] and n times [int index][byte of Outcome] and
 *                              RESULT [result], VALUE [value], ERROR [value: an Error], DROPPED nothing
 *
 * `[statement]` stands in transfer/statement-transfer.ts, `[result]` in transfer/result-writer.ts, `[value]` in transfer/value-tags.ts. A result refers
 * to earlier ones of the same run, or, outside of runs, of the same worker.
 */

export const Call = {
  CONNECT: 0,
  EXECUTE: 1,
  CANCEL: 2,
  PREPARE: 3,
  SET_KEYSPACE: 4,
  TRACE: 5,
  RUN: 6,
  FEED: 7,
  HALT: 8,
  STOP: 9,
  SHUTDOWN: 10,
} as const

export const Answer = { RESULT: 1, VALUE: 2, ERROR: 3, OUTCOMES: 4 } as const

export const RunKind = { BOUND: 1, STATEMENTS: 2, MAP: 3 } as const
export type RunKind = (typeof RunKind)[keyof typeof RunKind]

export const Outcome = { ERROR: 0, RESULT: 1, VALUE: 2, DROPPED: 3 } as const

/** The id of CONNECT. */
export const CONNECT_ID = 0
