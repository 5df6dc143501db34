#!/usr/bin/env node
// What forge calls as its compiler: npm's solc (WebAssembly) behind the two flags that forge uses.
// The npm package's own command, solcjs, speaks neither. Plain JavaScript, so that any Node can run it.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const solc = createRequire(import.meta.url)('solc')

if (process.argv.includes('--version')) {
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}\n`)
} else if (process.argv.includes('--standard-json')) {
  process.stdout.write(solc.compile(readFileSync(0, 'utf8')))
} else {
  process.stderr.write(`solc.mjs answers --version and --standard-json only, not: ${process.argv.slice(2).join(' ')}\n`)
  process.exitCode = 2
}
