/**
 * The parts of the driver that are compiled to WebAssembly (`assembly/`, docs/compiled.md), where the runtime has it and
 * `CQLWIRE_NO_WASM=1` doesn't switch it off. Everything here has a twin in TypeScript that gives the same results.
 */
import { COMPILED_MODULE } from './compiled-module.js'

/** Functions over the module's own memory; addresses and lengths are in bytes. */
interface CompiledFunctions {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  lz4Compress(source: number, length: number, target: number, table: number, bits: number): number
  lz4Decompress(source: number, sourceLength: number, target: number, targetLength: number): number
  /** Returns the upper half of the token; the lower one is left at {@link TOKEN_LOW_AT}: to ask for an exported global takes 47 ns. */
  murmur3(at: number, length: number): number
  /** The same of a key of 1, 2 or 4 big-endian words; the others are 0. */
  murmur3OfWords(count: number, first: number, second: number, third: number, fourth: number): number
}

/** The part of WebAssembly's interface that is used here; Node's types don't have it. */
interface WasmInterface {
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object) => { readonly exports: unknown }
}

const PAGE = 64 * 1024

/** Where `murmur3` leaves the lower half of a token, until the next call. */
export const TOKEN_LOW_AT: number = PAGE

/** Memory never shrinks again: what needs more than this is for the twin. */
const MOST_MEMORY = 4 * 1024 * 1024

export class Compiled {
  readonly run: CompiledFunctions
  /** All of the memory. Made anew when it grows: don't keep it. */
  bytes: Uint8Array
  /** The same; its numbers are little-endian. */
  view: DataView

  constructor(functions: CompiledFunctions) {
    this.run = functions
    this.bytes = new Uint8Array(functions.memory.buffer)
    this.view = new DataView(functions.memory.buffer)
  }

  /** Sees to so many bytes of memory; false where that is more than it may have. */
  ensure(size: number): boolean {
    const missing = size - this.bytes.length
    if (missing <= 0) return true
    if (size > MOST_MEMORY) return false
    try {
      this.run.memory.grow(Math.ceil(missing / PAGE))
    } catch {
      return false // no memory left: the twin gets on with less
    }
    this.bytes = new Uint8Array(this.run.memory.buffer)
    this.view = new DataView(this.run.memory.buffer)
    return true
  }
}

let loaded: Compiled | null | undefined

/** The compiled parts of this thread, made at the first call; null where there are none. */
export function compiled(): Compiled | null {
  return loaded === undefined ? (loaded = load()) : loaded
}

function load(): Compiled | null {
  const { WebAssembly: wasm } = globalThis as { WebAssembly?: WasmInterface }
  if (wasm === undefined || COMPILED_MODULE === '' || isSwitchedOff()) return null
  try {
    const instance = new wasm.Instance(new wasm.Module(Buffer.from(COMPILED_MODULE, 'base64')))
    return new Compiled(instance.exports as CompiledFunctions)
  } catch {
    return null // forbidden here, or an engine without what the module needs
  }
}

function isSwitchedOff(): boolean {
  try {
    return process.env['CQLWIRE_NO_WASM'] === '1'
  } catch {
    return false // Deno without the permission to read the environment
  }
}
