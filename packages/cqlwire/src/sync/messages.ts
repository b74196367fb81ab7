/**
 * What the calling thread and the worker thread of a BlockingSession say to each other. A message is one ArrayBuffer, handed over, not copied:
 *
 *     call:    [byte of Call][int id] and
 *              EXECUTE       [statement][value: parameters][value: options]
 *              PREPARE       [value: text][value: options]
 *              SET_KEYSPACE  [value: name]
 *              TRACE         [value: id][value: maxWaitMs]
 *              RUN           [byte 1: one statement for all][statement]?[value: options][byte 1: answer every turn][int batch]
 *              FEED          [byte 1: the last][int n] and n times [value: parameters], or [statement][value: parameters][value: options]
 *              STOP, RELEASE (the id is a prepared statement's handle), SHUTDOWN: nothing
 *
 *     answer:  [byte of Answer][int id][byte 1: the keyspace is another now][value: keyspace]? and
 *              RESULT        [result]
 *              VALUE         [value]
 *              ERROR         [value: an Error]
 *              OUTCOMES      [byte 1: the last][value: the Error that ended it]? and, of the run's requests in their order,
 *                            [int n] and n times [byte 1][result] or [byte 0][value: an Error]
 *              FATAL         [value: an Error], after which the worker is gone
 *
 * `[statement]` stands in transfer/statement-transfer.ts, `[result]` in transfer/result-writer.ts, `[value]` in transfer/value-tags.ts. Numbers are big-endian.
 */
export const Call = { EXECUTE: 1, PREPARE: 2, SET_KEYSPACE: 3, TRACE: 4, RUN: 5, FEED: 6, STOP: 7, RELEASE: 8, SHUTDOWN: 9 } as const

export const Answer = { RESULT: 1, VALUE: 2, ERROR: 3, OUTCOMES: 4, FATAL: 5 } as const

/** Places in the shared memory, an Int32Array. */
export const Word = {
  /** Counts messages of the worker: what the caller waits on. */
  ANSWERS: 0,
  /** Goes up while the worker lives and has something to do. */
  BEATS: 1,
  /** 1 once the worker has ended. */
  GONE: 2,
} as const

export const WORDS = 4

/** The id of the answer to connecting, for which there is no call. */
export const CONNECTED_ID = 0

/** Where the calls' ids start. */
export const FIRST_ID = 1

/** Milliseconds between two signs of life while the worker works. */
export const BEAT_MS = 100
