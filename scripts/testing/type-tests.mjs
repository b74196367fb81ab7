// The type tests: files that only the compiler runs. A file passes when tsc finds nothing in it, which includes that
// every `@ts-expect-error` has an error to expect.
import { runTool } from '../processes.mjs'
import { failed, passed, sum } from './totals.mjs'

/** `files` are paths from the root, `project` the folder of their tsconfig.json. */
export async function runTypeTests(files, project) {
  const { code, output } = await runTool('typescript/bin/tsc', ['-p', project, '--pretty', 'false'], { capture: true })
  const results = files.map((file) => (output.includes(`${file}(`) ? failed(file, 'type error') : passed()))
  const found = sum(results)
  if (code !== 0) console.log(output)
  // The error may lie elsewhere: in a file the tests import, or in one that the filter left out.
  return code !== 0 && found.failed === 0 ? sum([found, failed(project, 'tsc found errors outside of these files')]) : found
}
