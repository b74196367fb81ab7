/** Numbers as people read them, the same on every machine. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

export const count = (value: number): string => whole.format(value)

/** Three significant digits, or the whole number from 100 on; an en dash for what is not known. */
export function measure(value: number | null): string {
  if (value === null || Number.isNaN(value)) return '–'
  if (value === 0) return '0'
  if (Math.abs(value) >= 100) return count(value)
  return value.toFixed(Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))))
}
