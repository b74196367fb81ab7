/** A table in memory behind the few calls of a session that the patterns make. `spoil(row)` may change what is read, or return undefined for a lost row. */
export class FakeSession {
  rows = new Map()
  #columns
  #spoil

  constructor(columns, spoil = (row) => row) {
    this.#columns = columns
    this.#spoil = spoil
  }

  async prepare(cql) {
    return cql
  }

  async execute(cql, parameters) {
    return this.#answer(cql, parameters)
  }

  executeAsync(cql, parameters) {
    const answer = Promise.resolve().then(() => this.#answer(cql, parameters))
    return {
      result: () => answer,
      addCallbacks: ({ callback, errback, callbackArgs = [] }) => void answer.then((result) => callback(result, ...callbackArgs), errback),
    }
  }

  async *iterate() {
    yield* this.rows.keys()
  }

  #answer(cql, parameters) {
    if (cql.startsWith('INSERT')) {
      const row = Object.fromEntries(this.#columns.map(([name], index) => [name, parameters[index]]))
      this.rows.set(row.id, row)
      return { one: () => null }
    }
    const row = this.rows.get(parameters[0])
    return { one: () => (row === undefined ? null : (this.#spoil({ ...row }) ?? null)) }
  }
}
