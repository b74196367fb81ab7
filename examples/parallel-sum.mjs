// What examples/parallel.mjs runs in each of its workers; by itself it does nothing.
export default async function sumOf(session, sensor) {
  let count = 0
  let sum = 0
  for await (const row of session.iterate('SELECT value FROM readings WHERE sensor = ?', [sensor])) {
    count++
    sum += row.value
  }
  return { count, sum }
}
