// The two words of type tests: `Expect<Equal<A, B>>` compiles only where A and B are the same type.

/** `true` where both are the same type: `any` equals nothing but `any`, and a union only the same union. */
export type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

export type Expect<T extends true> = T
