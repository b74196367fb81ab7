/** A first-in, first-out queue on a ring of slots: no allocation per item, no shifting. */

const LEAST_CAPACITY = 16

/** Items may be anything but `undefined`, which stands for "none". */
export class RingQueue<T> {
  // The capacity is a power of two; `head` is the slot of the oldest item.
  private slots: (T | undefined)[]
  private head: number
  private count: number

  constructor(capacity: number = LEAST_CAPACITY) {
    let size = LEAST_CAPACITY
    while (size < capacity) size *= 2
    this.slots = new Array<T | undefined>(size).fill(undefined)
    this.head = 0
    this.count = 0
  }

  get length(): number {
    return this.count
  }

  push(item: T): void {
    if (this.count === this.slots.length) this.resize(this.count * 2)
    this.slots[(this.head + this.count) & (this.slots.length - 1)] = item
    this.count++
  }

  /** Puts an item before all others: one that was taken out and could not be served. */
  unshift(item: T): void {
    if (this.count === this.slots.length) this.resize(this.count * 2)
    this.head = (this.head - 1) & (this.slots.length - 1)
    this.slots[this.head] = item
    this.count++
  }

  /** Takes out the oldest item. A ring that a burst made large shrinks when it runs empty. */
  shift(): T | undefined {
    if (this.count === 0) return undefined
    const { slots, head } = this
    const item = slots[head]
    slots[head] = undefined
    this.head = (head + 1) & (slots.length - 1)
    if (--this.count === 0 && slots.length > 1024) this.resize(LEAST_CAPACITY)
    return item
  }

  peek(): T | undefined {
    return this.slots[this.head]
  }

  clear(): void {
    this.count = 0
    this.resize(LEAST_CAPACITY)
  }

  private resize(size: number): void {
    const { slots, head, count } = this
    const next = new Array<T | undefined>(size).fill(undefined)
    for (let i = 0; i < count; i++) next[i] = slots[(head + i) & (slots.length - 1)]
    this.slots = next
    this.head = 0
  }
}
