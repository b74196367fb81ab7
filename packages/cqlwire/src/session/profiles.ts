/** The execution profiles of a cluster, by name. */
import { InvalidOptionError } from '../base/errors.js'
import { resolveOptions } from '../base/options.js'
import { nearestName } from '../base/nearest-name.js'
import { type ExecutionProfileOptions, type RequestDefaults, requestDefaultsSpec, withProfile } from '../cluster/request-defaults.js'
import { ExecutionProfile } from './execution-profile.js'
import { RequestSettings } from './request-options.js'

/** The name of the profile that requests have which name none. */
export const DEFAULT_PROFILE = 'default'

export class Profiles {
  readonly #byName = new Map<string, ExecutionProfile>()
  /** What requests start from, by profile: derived ones have theirs from their first use on. */
  readonly #settings = new WeakMap<ExecutionProfile, RequestSettings>()
  readonly #defaults: RequestDefaults

  constructor(profiles: ReadonlyMap<string, RequestDefaults>) {
    this.#defaults = profiles.get(DEFAULT_PROFILE)!
    for (const [name, defaults] of profiles) this.#byName.set(name, new ExecutionProfile(name, defaults))
  }

  get all(): ReadonlyMap<string, ExecutionProfile> {
    return this.#byName
  }

  /** @throws {InvalidOptionError} there is none of this name: the message has those that there are */
  named(name: string): ExecutionProfile {
    const found = this.#byName.get(name)
    if (found !== undefined) return found
    const known = [...this.#byName.keys()]
    const near = nearestName(name, known)
    throw new InvalidOptionError(
      'executionProfile',
      `There is no execution profile ${JSON.stringify(name)}${near === null ? '' : `; did you mean ${JSON.stringify(near)}?`} (known: ${known.join(', ')}). Nothing was sent`,
    )
  }

  /** The settings that a request starts from. */
  get(profile: string | ExecutionProfile): RequestSettings {
    const chosen = typeof profile === 'string' ? this.named(profile) : profile
    const known = this.#settings.get(chosen)
    if (known !== undefined) return known
    if (!(chosen instanceof ExecutionProfile))
      throw new InvalidOptionError(
        'executionProfile',
        `The request option executionProfile takes a profile's name, or a profile made with cluster.profile(name).with({ ... }), got ${typeof chosen}. Nothing was sent`,
      )
    const settings = new RequestSettings(chosen)
    this.#settings.set(chosen, settings)
    return settings
  }

  /** Adds a profile, or replaces one. What it leaves out comes from the default profile. */
  set(name: string, options: ExecutionProfileOptions | ExecutionProfile): ExecutionProfile {
    if (name === DEFAULT_PROFILE)
      throw new InvalidOptionError(
        'executionProfiles.default',
        "The profile 'default' is what sessions were made with: give it to new Cluster({ executionProfiles: { default: ... } })",
      )
    const defaults =
      options instanceof ExecutionProfile
        ? options
        : withProfile(this.#defaults, resolveOptions(requestDefaultsSpec, options, `executionProfiles.${name}`))
    const profile = new ExecutionProfile(name, defaults)
    this.#byName.set(name, profile)
    return profile
  }
}
