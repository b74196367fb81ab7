/**
 * A value of no bytes. Cassandra lets most types hold one, a leftover of Thrift, and it is neither null nor 0 nor ''.
 *
 * Bound as a parameter of a scalar type it is written as a value of length 0. Rows give it only where the registry's `emptyValues` is
 * `'keep'`; otherwise such a value is read as null. A registered symbol, so that two copies of this module in one process agree.
 */
export const EMPTY: unique symbol = Symbol.for('cqlwire.EMPTY')
