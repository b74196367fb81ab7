// What no committed file may hold: the host of a package registry, the folders of somebody's machine.
import { execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

// Written in pieces, so that this file isn't its own first finding.
const hosts = [
  ['registry', 'npmjs', 'org'],
  ['registry', 'yarnpkg', 'com'],
  ['npm', 'pkg', 'github', 'com'],
  ['repo1', 'maven', 'org'],
  ['repo', 'maven', 'apache', 'org'],
  ['pypi', 'org'],
  ['files', 'pythonhosted', 'org'],
  ['crates', 'io'],
  ['proxy', 'golang', 'org'],
].map((parts) => parts.join('.'))
const folders = [
  ['', 'work', 'main'],
  ['', 'work', 'shared'],
  ['', 'work', '.'],
  ['', 'root', ''],
].map((parts) => parts.join('/'))

const largest = 4 * 1024 * 1024

export function checkCommittedText(root, paths = committedFiles(root)) {
  return paths.flatMap((path) => {
    const text = textOf(join(root, path))
    return text === undefined
      ? []
      : text
          .split('\n')
          .flatMap((line, index) => problems(path, line).map((message) => ({ file: path, line: index + 1, rule: 'text', message })))
  })
}

/** What git has or would take; nothing where this is no clone. */
function committedFiles(root) {
  try {
    const output = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return output.split('\0').filter((path) => path !== '')
  } catch {
    return []
  }
}

function textOf(path) {
  try {
    if (!statSync(path).isFile() || statSync(path).size > largest) return undefined
    const text = readFileSync(path, 'utf8')
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined // Listed by git, and just removed.
  }
}

function problems(path, line) {
  const host = hosts.find((name) => line.includes(name))
  const folder = folders.find((name) => line.includes(name))
  const download = path.endsWith('package-lock.json') && /"resolved": "https?:/.test(line)
  return [
    host === undefined ? undefined : `names the registry host ${host}: each machine has its own, leave it to its configuration`,
    folder === undefined ? undefined : `names ${folder}, a folder of one machine`,
    download
      ? 'holds a download address: .npmrc has omit-lockfile-registry-resolved, run npm install again with npm 10 or later'
      : undefined,
  ].filter((message) => message !== undefined)
}
