/** A cell of the result: a workload, and how many requests are in flight at once. Written `select1@128`. */
import { workloads, type Workload } from './workloads.js'

export interface Cell {
  readonly workload: Workload
  readonly inFlight: number
}

export const cellName = ({ workload, inFlight }: Cell): string => `${workload.name}@${inFlight}`

/** @throws {Error} with what is wrong, and what is known */
export function parseCell(text: string): Cell {
  const [name = '', number = ''] = text.split('@')
  const workload = Object.values(workloads).find((known) => known.name === name)
  if (workload === undefined || !/^[1-9]\d*$/.test(number)) {
    throw new Error(
      `'${text}' is not a cell: it takes WORKLOAD@REQUESTS_IN_FLIGHT, e.g. select1@128, with a workload of ${Object.keys(workloads).join(', ')}`,
    )
  }
  return { workload, inFlight: Number(number) }
}
