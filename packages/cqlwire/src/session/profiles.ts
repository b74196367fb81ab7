/** Execution profiles: named sets of request defaults. */
import { InvalidOptionError } from '../base/errors.js'
import { resolveOptions } from '../base/options.js'
import { nearestName } from '../base/nearest-name.js'
import { type ExecutionProfileOptions, type RequestDefaults, requestDefaultsSpec, withProfile } from '../cluster/request-defaults.js'
import { RequestSettings } from './request-options.js'

/** The name of the profile that requests have which name none. */
export const DEFAULT_PROFILE = 'default'

export class Profiles {
  readonly #byName = new Map<string, RequestSettings>()
  readonly #defaults: RequestDefaults

  constructor(profiles: ReadonlyMap<string, RequestDefaults>) {
    this.#defaults = profiles.get(DEFAULT_PROFILE)!
    for (const [name, defaults] of profiles) this.#byName.set(name, new RequestSettings(defaults))
  }

  /** The settings that a request starts from. */
  get(name: string): RequestSettings {
    const found = this.#byName.get(name)
    if (found !== undefined) return found
    const known = [...this.#byName.keys()]
    const near = nearestName(name, known)
    throw new InvalidOptionError(
      'executionProfile',
      `There is no execution profile ${JSON.stringify(name)}${near === null ? '' : `; did you mean ${JSON.stringify(near)}?`} (known: ${known.join(', ')}). Nothing was sent`,
    )
  }

  /** Adds a profile, or replaces one. What it leaves out comes from the default profile. */
  set(name: string, options: ExecutionProfileOptions): void {
    const profile = resolveOptions(requestDefaultsSpec, options, `executionProfiles.${name}`)
    this.#byName.set(name, new RequestSettings(withProfile(this.#defaults, profile)))
  }
}
