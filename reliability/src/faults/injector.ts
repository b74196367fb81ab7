/** Carries the schedule of faults out: on the nodes themselves, and on the proxies before them. */
import type { EmbeddedNode } from 'cqlwire/embedded'
import { fault, type CqlProxy, type FaultChoice, type ProxyNode } from 'cqlwire/testing'
import { aborted, pause } from '../waiting.js'
import { describeLinkFault, describeNodeFault } from './schedule.js'
import type { LinkFault, LinkFaultKind, NodeFault, NodeFaultKind, Schedule } from './schedule.js'

export interface InjectorOptions {
  readonly nodes: readonly EmbeddedNode[]
  readonly proxy: CqlProxy
  /** Asked while two of three nodes are gone: what a client must see then. */
  readonly whileTwoAreLost: (remaining: number) => Promise<void>
  readonly onFault: (text: string) => void
}

/**
 * What answers meet with while a fault of that kind is on. Results are not sent during the handshake: on v5 they always have a checksum, and
 * a bit that is turned shows. (Answers that come twice are no fault of a network: TCP has none, and a stream id may be in use again.)
 */
const FRAME_FAULTS: Readonly<Record<'drop' | 'corrupt', () => FaultChoice>> = {
  drop: () => oneOf(10, () => fault.drop()),
  corrupt: () => oneOf(50, () => fault.corrupt()),
}

const STARTS = 3
/** Added to each way; requests still keep their deadline. */
const SLOW_MS = 150

export class Injector {
  readonly counts = new Map<NodeFaultKind | LinkFaultKind, number>()
  readonly #options: InjectorOptions

  constructor(options: InjectorOptions) {
    this.#options = options
  }

  /** Runs both lanes until `enough` says so, or `signal` does; then everything is mended. */
  async run({ nodes, links }: Schedule, enough: () => boolean, signal: AbortSignal): Promise<void> {
    // Where one lane fails the other ends too.
    const failed = new AbortController()
    const either = AbortSignal.any([signal, failed.signal])
    const lanes = [
      this.#lane(nodes, enough, either, (each) => this.#nodeFault(each, either)),
      this.#lane(links, enough, either, (each) => this.#linkFault(each, either)),
    ]
    try {
      await Promise.all(lanes)
    } catch (error) {
      failed.abort()
      await Promise.allSettled(lanes)
      throw error
    }
  }

  /** Every node runs, every proxy passes everything on. */
  async mend(): Promise<void> {
    await this.#options.proxy.heal()
    for (const node of this.#options.nodes) {
      if (node.state === 'paused') node.resume()
    }
    for (const node of this.#options.nodes) if (node.state === 'down') await this.#start(node)
  }

  async #lane<F extends NodeFault | LinkFault>(
    faults: readonly F[],
    enough: () => boolean,
    signal: AbortSignal,
    inject: (each: F) => Promise<void>,
  ): Promise<void> {
    const stopped = aborted(signal)
    for (const each of faults) {
      await pause(each.waitMs, signal)
      if (enough() || signal.aborted) return
      const injected = inject(each)
      // Whoever presses Ctrl-C doesn't wait for a node that starts; its promise rejects when the node is stopped.
      injected.catch(() => undefined)
      await Promise.race([injected, stopped])
      if (signal.aborted) return
      this.counts.set(each.kind, (this.counts.get(each.kind) ?? 0) + 1)
    }
  }

  async #nodeFault(given: NodeFault, signal: AbortSignal): Promise<void> {
    const { kind, node: index, other, holdMs } = given
    const { nodes, onFault, whileTwoAreLost } = this.#options
    const node = nodes[index]!
    const second = other === null ? null : nodes[other]!
    onFault(describeNodeFault(given))
    if (kind === 'pause') node.pause()
    else if (kind === 'restart') await node.stop()
    else await node.kill()
    second?.pause()
    await pause(holdMs, signal)
    if (other !== null && !signal.aborted) await whileTwoAreLost(nodes.findIndex((_, i) => i !== index && i !== other))
    second?.resume()
    if (kind === 'pause') node.resume()
    else if (!signal.aborted) await this.#start(node)
    onFault(`mended ${kind}: node ${index + 1}${other === null ? '' : ` and node ${other + 1}`}`)
  }

  /** A start may fail on a machine that has more to do than it can; what that says of the driver is nothing. */
  async #start(node: EmbeddedNode): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await node.start()
      } catch (error) {
        const why = (await node.logs(400)).filter((line) => /^ERROR|Exception/.test(line)).slice(0, 3)
        this.#options.onFault(`node ${node.address} did not start, attempt ${attempt}: ${why.join(' | ') || String(error)}`)
        if (attempt === STARTS) throw error
      }
    }
  }

  async #linkFault(given: LinkFault, signal: AbortSignal): Promise<void> {
    const { kind, node: index, holdMs } = given
    const link = this.#options.proxy.nodes[index]!
    this.#options.onFault(describeLinkFault(given))
    if (kind === 'cut') return void link.cut()
    const undo = this.#disturb(kind, link)
    await pause(holdMs, signal)
    await undo()
  }

  /** Returns what takes the fault back. */
  #disturb(kind: Exclude<LinkFaultKind, 'cut'>, link: ProxyNode): () => Promise<void> | void {
    if (kind === 'refuse') {
      link.refuse()
      link.cut()
      return () => link.accept()
    }
    if (kind === 'silence') {
      link.pause()
      return () => link.resume()
    }
    if (kind === 'slow') {
      link.slow({ latencyMs: SLOW_MS })
      return () => link.slow()
    }
    const rule = this.#options.proxy.when({ node: link.target, opcode: 'RESULT' }, FRAME_FAULTS[kind]())
    return () => rule.remove()
  }
}

/** The fault for one frame of so many, in turn. */
function oneOf(many: number, make: () => ReturnType<typeof fault.drop>): FaultChoice {
  let count = 0
  return () => (++count % many === 0 ? make() : null)
}
