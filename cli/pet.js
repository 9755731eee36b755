#!/usr/bin/env node
// PET needs Node 26, which `npm ci` puts into node_modules. npm, npx and npm scripts find it by
// themselves; where an older Node runs this file, it hands over.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const neededVersion = 26

if (Number.parseInt(process.versions.node, 10) >= neededVersion) await import('./main.ts')
else handOver(pinnedNode())

function pinnedNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'))
    const program = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
    return existsSync(program) ? program : undefined
  } catch {
    return undefined
  }
}

function handOver(node) {
  if (node === undefined) {
    console.error(
      `PET needs Node ${neededVersion}, which "npm ci" brings along; this is ${process.versions.node}. Run "npm ci" in PET's folder first.`,
    )
    process.exit(3)
  }
  // The channel tells the other one when this process is killed.
  const child = spawn(node, process.argv.slice(1), {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A Ctrl-C reaches both by itself.
    process.on(signal, () => signal !== 'SIGINT' && child.kill(signal))
  }
  child.on('exit', (code) => process.exit(code ?? 3))
}
