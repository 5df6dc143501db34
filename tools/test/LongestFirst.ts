import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** The files that take longest, the longest first. A name that is gone or new costs some seconds, and no more. */
const long = [
  ...['start', 'pages', 'solidity', 'ledger-histories', 'customer', 'check', 'settlement', 'worker', 'crashes'],
  ...['stolenKeys', 'racesAtScale', 'bench', 'ledger', 'relay', 'install', 'fairness', 'sitters', 'halts'],
  ...['embed', 'guest', 'spine', 'hosts', 'isolation', 'stack', 'pace', 'embedFirefox', 'package', 'bombs'],
  ...['lifeCycle', 'leaseEnd'],
]

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
