import { readFile } from 'node:fs/promises'

/** The last `count` lines of a log file, oldest first; empty where there is no file. */
export async function lastLines(path: string, count: number): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return count <= 0 ? [] : lines.slice(-count)
}

/** The text of a log file from a byte offset on; empty where there is no file. */
export async function textFrom(path: string, offset: number): Promise<string> {
  const bytes = await readFile(path).catch(() => Buffer.alloc(0))
  return bytes.toString('utf8', Math.min(offset, bytes.length))
}
