// No file may reach itself through its imports, type imports included.

export function checkCycles(files) {
  const byPath = new Map(files.filter((file) => /\/src\//.test(file.path)).map((file) => [file.path, file]))
  const state = new Map()
  const findings = []
  const visit = (file, trail) => {
    state.set(file.path, 'open')
    for (const { target, line } of file.imports) {
      const next = byPath.get(target)
      if (next === undefined) continue
      if (state.get(target) === 'open') findings.push(finding(file, line, [...trail.slice(trail.indexOf(target)), target]))
      else if (!state.has(target)) visit(next, [...trail, target])
    }
    state.set(file.path, 'closed')
  }
  for (const file of byPath.values()) if (!state.has(file.path)) visit(file, [file.path])
  return findings
}

const finding = (file, line, cycle) => ({
  file: file.path,
  line,
  rule: 'cycles',
  message: `closes a cycle of imports: ${cycle.join(' → ')}. Move what both sides need into a file of its own`,
})
