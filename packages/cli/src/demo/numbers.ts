/** Numbers as people read them, the same on every machine. */

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `12345.6` → `12,346`. */
export const count = (value: number): string => whole.format(value)

/** Three significant digits or the whole number, whichever is more: `0.0412`, `3.14`, `41.7`, `1,234`. */
export function measure(value: number): string {
  if (value === 0) return '0'
  if (Math.abs(value) >= 100) return count(value)
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return value.toFixed(Math.min(digits, 6))
}
