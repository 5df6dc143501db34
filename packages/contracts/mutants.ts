// Breaks the contract one rule at a time and sees a test go red each time:
// `node packages/contracts/mutants.ts [part of a name ...]`. Exits 1 where a mutant lives.
import { equivalentMutants, mutants } from './mutantList.ts'
import { openMutantRange } from './runMutant.ts'

const wanted = process.argv.slice(2)
const chosen = mutants.filter(({ name }) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
const range = await openMutantRange()
let killed = 0
try {
  for (const mutant of chosen) {
    const red = await range.run(mutant)
    if (red.length > 0) killed += 1
    else process.exitCode = 1
    const says = red.length > 0 ? `killed by ${red.slice(0, 3).join(', ')}` : 'LIVES'
    process.stdout.write(`${mutant.name}: ${says}\n`)
  }
} finally {
  await range.end()
}
process.stdout.write(
  `\n${killed} of ${chosen.length} mutants killed; ${equivalentMutants.length} more are equivalent:\n`,
)
for (const { name, equivalent } of equivalentMutants) process.stdout.write(`${name}: ${equivalent}\n`)
