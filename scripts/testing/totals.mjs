// Sums of test counts: { passed, failed, skipped, failures: [{ name, file }] }.

export const none = { passed: 0, failed: 0, skipped: 0, failures: [] }

export const passed = (count = 1) => ({ ...none, passed: count })

export const failed = (file, name) => ({ ...none, failed: 1, failures: [{ file, name }] })

export const sum = (all) =>
  all.reduce(
    (a, b) => ({
      passed: a.passed + b.passed,
      failed: a.failed + b.failed,
      skipped: a.skipped + b.skipped,
      failures: [...a.failures, ...b.failures],
    }),
    none,
  )

export const inWords = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`
