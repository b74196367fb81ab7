/** A proxy in front of one node: a listening socket on a loopback address, and what is done to the connections through it. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { InvalidArgumentError } from '../../base/errors.js'
import { endpointText } from '../../metadata/host.js'
import { atLeast, checkCutKind } from './fault.js'
import type { CutKind, Fault } from './fault.js'
import type { Pace } from './lane.js'
import { ProxiedConnection } from './proxied-connection.js'
import type { Direction, ProxyFrame } from './proxy-frame.js'

/** What has passed a node's proxy since its start. */
export interface ProxyTraffic {
  /** Connections that were taken. */
  connections: number
  /** Of those, how many `cut()`, `refuse()` or a fault has cut. */
  cuts: number
  /** Frames from clients, and from the node; those with a fault included. */
  requests: number
  responses: number
  /** Frames that a rule's fault was applied to. */
  faults: number
  /** Bytes that came from clients, and from the node; what could not be made out included. */
  requestBytes: number
  responseBytes: number
}

export interface ProxyNodeContext {
  readonly texts: Map<string, string>
  /** Notes the frame and finds its fault. */
  passing(frame: ProxyFrame): Fault | null
}

export interface PaceOptions {
  /** What each chunk waits in each direction; 0 by default. */
  readonly latencyMs?: number
  /** The most that passes in each direction; unlimited by default. */
  readonly bytesPerSecond?: number
}

/** How long a port that is to be listened on again may be in use by somebody else. */
const PORT_WAIT_MS = 2_000

export class ProxyNode {
  /** `address:port` of the node that it stands before. */
  readonly target: string
  readonly traffic: ProxyTraffic = {
    connections: 0,
    cuts: 0,
    requests: 0,
    responses: 0,
    faults: 0,
    requestBytes: 0,
    responseBytes: 0,
  }
  readonly #at: { readonly host: string; readonly port: number }
  readonly #listenOn: string
  readonly #context: ProxyNodeContext
  readonly #connections = new Set<ProxiedConnection>()
  readonly #pace: { readonly request: Pace; readonly response: Pace } = {
    request: { latencyMs: 0, bytesPerSecond: Infinity, isPaused: false },
    response: { latencyMs: 0, bytesPerSecond: Infinity, isPaused: false },
  }
  #server: Server | null = null
  #port = 0
  #isStopped = false

  constructor(target: { readonly host: string; readonly port: number }, listenOn: string, context: ProxyNodeContext) {
    this.#at = target
    this.target = endpointText(target.host, target.port)
    this.#listenOn = listenOn
    this.#context = context
  }

  /** Where clients connect to. */
  get address(): string {
    return this.#listenOn
  }

  get port(): number {
    return this.#port
  }

  /** `address:port` of the proxy. */
  get name(): string {
    return endpointText(this.#listenOn, this.#port)
  }

  /** Open connections through it. */
  get connections(): number {
    return this.#connections.size
  }

  /** Whether new connections are taken. */
  get isListening(): boolean {
    return this.#server !== null
  }

  get isPaused(): boolean {
    return this.#pace.request.isPaused && this.#pace.response.isPaused
  }

  /**
   * Cuts every connection that there is, and gives their number; new ones are taken. By `'reset'` (the default: RST, what was not delivered
   * is lost) or `'end'` (FIN after what was on its way to the client).
   */
  cut(how: CutKind = 'reset'): number {
    checkCutKind('cut', how)
    const open = [...this.#connections]
    for (const connection of open) connection.cut(how)
    this.traffic.cuts += open.length
    return open.length
  }

  /**
   * Nothing is read nor written any more, in both directions or in one: as with a node whose process is stopped, or whose network is silent.
   * New connections are taken and wait as well. Once the buffers of the kernel are full, the client's writes wait.
   */
  pause(direction?: Direction): void {
    for (const each of this.#directions('pause', direction)) this.#pace[each].isPaused = true
    this.#wake()
  }

  /** Takes back `pause`, and lets go what `fault.stall()` holds back. Nothing was lost. */
  resume(direction?: Direction): void {
    for (const each of this.#directions('resume', direction)) this.#pace[each].isPaused = false
    this.#wake()
    for (const connection of this.#connections) connection.resume()
  }

  /** Delays what passes, or bounds its rate, from now on, in both directions. Without options it goes as fast as it can again. */
  slow({ latencyMs = 0, bytesPerSecond = Infinity }: PaceOptions = {}): void {
    atLeast('slow: latencyMs', 0, latencyMs, 'milliseconds')
    if (bytesPerSecond !== Infinity) atLeast('slow: bytesPerSecond', 1, bytesPerSecond, 'bytes per second')
    for (const pace of [this.#pace.request, this.#pace.response]) Object.assign(pace, { latencyMs, bytesPerSecond })
    this.#wake()
  }

  /** New connections are refused (ECONNREFUSED), as where no process listens. Those that there are stay, unless `cut()`. */
  refuse(): void {
    this.#server?.close()
    this.#server = null
  }

  /** Takes back `refuse`, on the same port. */
  async accept(): Promise<void> {
    const deadline = performance.now() + PORT_WAIT_MS
    while (this.#server === null && !this.#isStopped) {
      try {
        await this.#listen()
      } catch (error) {
        const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
        if (!isTaken || performance.now() > deadline) throw error
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  }

  /** As at the start: listening, not paused, not slow. Connections that were cut stay cut; rules stay (see `proxy.heal()`). */
  async heal(): Promise<void> {
    this.slow()
    this.resume()
    await this.accept()
  }

  /** Closes everything, for good. */
  async stop(): Promise<void> {
    this.#isStopped = true
    const server = this.#server
    this.#server = null
    const closed = server === null ? null : once(server, 'close')
    server?.close()
    for (const connection of this.#connections) connection.destroy()
    await closed
  }

  async #listen(): Promise<void> {
    const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => this.#onConnection(socket))
    server.listen(this.#port, this.#listenOn)
    await once(server, 'listening')
    if (this.#isStopped) server.close()
    else this.#server = server
    this.#port = (server.address() as AddressInfo | null)?.port ?? this.#port
  }

  #onConnection(socket: Socket): void {
    const connection = new ProxiedConnection(socket, {
      talkers: { node: this.target, connection: ++this.traffic.connections, texts: this.#context.texts },
      target: this.#at,
      pace: this.#pace,
      passing: (frame) => this.#passing(frame),
      received: (direction, bytes) => {
        if (direction === 'request') this.traffic.requestBytes += bytes
        else this.traffic.responseBytes += bytes
      },
      closed: (gone) => this.#connections.delete(gone),
    })
    this.#connections.add(connection)
  }

  #passing(frame: ProxyFrame): Fault | null {
    if (frame.direction === 'request') this.traffic.requests++
    else this.traffic.responses++
    const fault = this.#context.passing(frame)
    if (fault !== null) this.traffic.faults++
    if (fault?.kind === 'cut') this.traffic.cuts++
    return fault
  }

  #wake(): void {
    for (const connection of this.#connections) connection.wake()
  }

  #directions(what: string, direction: Direction | undefined): readonly Direction[] {
    if (direction === undefined) return ['request', 'response']
    if (direction === 'request' || direction === 'response') return [direction]
    throw new InvalidArgumentError(`${what} takes 'request' or 'response', or nothing for both, got ${JSON.stringify(direction)}`)
  }
}
