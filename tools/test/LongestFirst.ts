import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The files that take longest, the longest first. A name that is gone or new costs some seconds, and no more. */
const long = `
  pages solidity start worker ledger-histories customer crashes stolenKeys sitters fairness
  settlement wallets check migrations install python racesAtScale kills relay shopper
  ledger-mutants ledger access doctor halts cards process metered exitRace alarms
  embed guest hosts stack spine isolation pace embedFirefox consentCost bombs
  package leaseEnd lifeCycle programs bfcache rpc`
  .trim()
  .split(/\s+/)

/**
 * A group of projects begins with its longest files: vitest takes one project after the other, and ends with a long file
 * beside cores that have nothing left to do.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return sorted.toSorted((a, b) => groupOf(a) - groupOf(b) || placeOf(a) - placeOf(b))
  }
}

const groupOf = ({ project }: TestSpecification): number => project.config.sequence.groupOrder

function placeOf({ moduleId }: TestSpecification): number {
  const place = long.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`))
  return place < 0 ? long.length : place
}
