/** Taking turns. */
import type { Host } from '../metadata/host.js'

/** The next turn's number; starts anywhere, so that many clients don't all begin with the same host. */
export class Turn {
  #value = Math.floor(Math.random() * 0x1_0000)

  next(): number {
    this.#value = (this.#value + 1) & 0x3fff_ffff
    return this.#value
  }
}

/** All hosts, from the one whose turn it is. */
export function* inTurn(hosts: readonly Host[], turn: number): Generator<Host> {
  for (let i = 0; i < hosts.length; i++) yield hosts[(turn + i) % hosts.length]!
}

/** From the host whose turn it is, the first that takes requests. */
export function firstConnected(hosts: readonly Host[], turn: number): Host | null {
  for (let i = 0; i < hosts.length; i++) {
    const host = hosts[(turn + i) % hosts.length]!
    if (host.isConnected) return host
  }
  return null
}
