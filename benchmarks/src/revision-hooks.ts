/** Hooks of Node's loader: `cqlwire` and its entries are those of another revision, which finds itself by its own package's name. */
import type { ResolveHook } from 'node:module'

let parent = ''

export function initialize(packageFile: string): void {
  parent = packageFile
}

export const resolve: ResolveHook = (specifier, context, next) =>
  next(specifier, /^cqlwire(\/|$)/.test(specifier) ? { ...context, parentURL: parent } : context)
