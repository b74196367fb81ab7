import type { Cell } from '../cells.js'

/** Requests of one call, for those that take a list and return when all is done: many times what is in flight, so that the ends weigh little. */
export const chunkSize = ({ workload, inFlight }: Cell): number => (workload.rows > 1 ? inFlight * 4 : Math.max(2_000, inFlight * 20))
