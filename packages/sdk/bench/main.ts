/**
 * `pnpm bench:sdk [--only cost|bombs]`: what a busy worker costs the page that holds it, and how soon a program that attacks
 * it is over. Each part is a script that wants a machine which does nothing else, and ends with 1 where an aim is missed.
 */
import { parseArgs } from 'node:util'

const { values } = parseArgs({ options: { only: { type: 'string' } } })
if (values.only !== 'bombs') await import('./cost.ts')
if (values.only !== 'cost') await import('./bombs.ts')
