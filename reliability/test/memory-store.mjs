// A database in memory for the ledger's tests, which can be told to misbehave in the ways that the ledger must find.
import { ConnectionError, OperationTimedOutError, UnavailableError } from 'cqlwire'

export class MemoryStore {
  entries = new Map()
  casRows = new Map()
  counters = new Map()
  /** Called before each request with its name: it may throw, or return 'forget' (acknowledged, not done) or 'done, then fails'. */
  misbehave = () => undefined

  async #carryOut(name, change) {
    const how = this.misbehave(name)
    if (how === 'forget') return true
    const result = change()
    if (how === 'done, then fails') throw sentAndLost()
    if (how === 'twice') change()
    return result
  }

  async writeEntry(id, value) {
    await this.#carryOut('writeEntry', () => this.entries.set(id, value))
  }

  async readEntry(id) {
    return this.entries.get(id) ?? null
  }

  async createCas(row, state) {
    this.casRows.set(row, state)
  }

  async compareAndSet(row, expected, next) {
    return this.#carryOut('compareAndSet', () => {
      const { n, by } = this.casRows.get(row)
      if (n !== expected.n || by !== expected.by) return false
      this.casRows.set(row, next)
      return true
    })
  }

  async readCas(row) {
    return this.casRows.get(row) ?? null
  }

  async increment(row) {
    await this.#carryOut('increment', () => this.counters.set(row, (this.counters.get(row) ?? 0) + 1))
  }

  async readCounter(row) {
    return this.counters.get(row) ?? 0
  }
}

export const sentAndLost = () => new ConnectionError('the connection was lost', { sent: true })
export const neverSent = () => new ConnectionError('there is no connection', { sent: false })
export const timedOut = (sent) => new OperationTimedOutError('timed out', { timeoutMs: 1, sent })
export const refused = () => new UnavailableError('too few replicas', { consistency: 'QUORUM', required: 2, alive: 1 })
