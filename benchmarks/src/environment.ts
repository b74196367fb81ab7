import { cpus } from 'node:os'

/** What figures depend on. */
export interface Environment {
  readonly node: string
  readonly platform: string
  readonly cpu: string
  readonly cores: number
}

export const environment = (): Environment => ({
  node: process.versions.node,
  platform: `${process.platform} ${process.arch}`,
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
})
