/** A promise that is rejected with what was caught. */
export function rejected(error: unknown): Promise<never> {
  return new Promise((_resolve, reject) => reject(error as Error))
}
